"""What calls back in Python's library, and roads to processes, files and the network that few people take."""

from __future__ import annotations

from assay.scanner.code.vocabulary import AFTER_THE_CALLBACK, Entry, Role, entries

_COMMAND = (Role("command", 0, "args"), Role("command", 0, "cmd"))
_CODE = (Role("code", 0, "stmt"), Role("code", 0, "cmd"), Role("code", 0, "source"), Role("setup", 1, "setup"))
_REST = (AFTER_THE_CALLBACK, "")

ROADS = (
    # what calls back
    *entries("threading.Thread multiprocessing.Process",
             Entry("callback", callbacks=((-1, "target"), (1, "target")), callback_arguments=(-1, "args"))),
    *entries("threading.Timer", Entry("callback", callbacks=((1, "function"),), callback_arguments=(2, "args"))),
    *entries("atexit.register concurrent.futures.ThreadPoolExecutor().submit "
             "concurrent.futures.ProcessPoolExecutor().submit contextlib.ExitStack().callback "
             "asyncio.get_event_loop().call_soon asyncio.new_event_loop().call_soon",
             Entry("callback", callbacks=((0, "func"), (0, "callback")), callback_arguments=_REST)),
    *entries("weakref.finalize asyncio.get_event_loop().{call_later,call_at,run_in_executor} tkinter.Tk().after",
             Entry("callback", callbacks=((1, "func"), (1, "callback")), callback_arguments=_REST)),
    *entries("sched.scheduler().{enter,enterabs}",
             Entry("callback", callbacks=((2, "action"),), callback_arguments=(3, "argument"))),
    *entries("multiprocessing.Pool().{apply,apply_async} multiprocessing.pool.ThreadPool().{apply,apply_async} "
             "_thread.start_new_thread",
             Entry("callback", callbacks=((0, "func"), (0, "function")), callback_arguments=(1, "args"))),
    *entries("signal.signal", Entry("callback", callbacks=((1, "handler"),))),
    *entries("asyncio.run asyncio.create_task sys.setprofile sys.settrace threading.settrace threading.setprofile "
             "sys.addaudithook codecs.register gc.callbacks.append sys.path_hooks.append sys.path_hooks.insert "
             "schedule.every().seconds.do weakref.ref", Entry("callback", callbacks=((0, "func"), (1, "handler")))),
    # handlers that chats and sockets bring what somebody has written
    *entries("discord.{Client,Bot,AutoShardedClient}().event discord.ext.commands.{Bot,AutoShardedBot}().event "
             "discord.ext.commands.{Bot,AutoShardedBot}().{command,listen,hybrid_command,slash_command,tree.command}() "
             "discord.Bot().{command,listen,slash_command}() discord.app_commands.CommandTree().command() "
             "telebot.TeleBot().{message_handler,channel_post_handler}() "
             "aiogram.Dispatcher().{message,message_handler}() "
             "telebot.async_telebot.AsyncTeleBot().message_handler() pyrogram.Client().on_message() "
             "telethon.TelegramClient().on() socketio.{Client,AsyncClient}().{event,on()}",
             Entry(source="remote", callbacks=((0, "handler"),))),
    *entries("telegram.ext.{CommandHandler,MessageHandler} socketio.Client().on websocket.WebSocketApp().on",
             Entry(source="remote", callbacks=((1, "callback"), (1, "handler")))),
    *entries("websocket.WebSocketApp", Entry("network", "remote", (Role("url", 0, "url"),), "", ((-1, "on_message"),))),
    # processes
    *entries("platform.popen ctypes.CDLL().{system,popen,execv,execve,execvp,execl,posix_spawn} "
             "ctypes.PyDLL().system ctypes.cdll.LoadLibrary().system ctypes.cdll.msvcrt.{system,_popen,_wsystem} "
             "ctypes.windll.msvcrt.system ctypes.windll.kernel32.{WinExec,CreateProcessA,CreateProcessW} "
             "ctypes.WinDLL().{WinExec,ShellExecuteA,ShellExecuteW,CreateProcessA,CreateProcessW} "
             "cffi.FFI().dlopen().system webbrowser.{GenericBrowser,BackgroundBrowser} _posixsubprocess.fork_exec "
             "_winapi.CreateProcess", Entry("process", roles=_COMMAND)),
    *entries("win32api.ShellExecute ctypes.windll.shell32.{ShellExecuteW,ShellExecuteA}",
             Entry("process", roles=(Role("command", 2), Role("command", 3)))),
    # code
    *entries("timeit.timeit timeit.repeat timeit.Timer trace.Trace().run trace.Trace().runctx bdb.Bdb().run "
             "pdb.Pdb().run cProfile.Profile().run profile.Profile().run "
             "ctypes.pythonapi.{PyRun_SimpleString,PyRun_SimpleStringFlags,PyRun_String,Py_CompileString}",
             Entry("code", roles=_CODE)),
    # files
    *entries("os.write", Entry("write", roles=(Role("data", 1),))),
    *entries("cv2.imwrite imageio.{imwrite,imsave} imageio.v2.imwrite imageio.v3.imwrite",
             Entry("write", roles=(Role("path", 0, "filename"), Role("data", 1, "img")))),
    *entries("PIL.Image.open cv2.imread imageio.imread imageio.v2.imread imageio.v3.imread wave.open",
             Entry(source="file", roles=(Role("path", 0, "fp"),))),
    # what only a private key or the words of a wallet are given to
    *entries("eth_account.Account.{from_key,from_mnemonic,privateKeyToAccount} eth_keys.keys.PrivateKey "
             "eth_account.Account().{from_key,from_mnemonic} web3.Web3().eth.account.{from_key,privateKeyToAccount} "
             "solders.keypair.Keypair.{from_bytes,from_seed,from_base58_string,from_seed_phrase_and_passphrase} "
             "solana.keypair.Keypair.{from_secret_key,from_seed} mnemonic.Mnemonic().{to_seed,check,to_entropy} "
             "mnemonic.Mnemonic.to_seed bip_utils.{Bip39SeedGenerator,Bip39MnemonicValidator} bit.{Key,PrivateKey} "
             "bip32utils.BIP32Key.fromEntropy stellar_sdk.Keypair.from_secret xrpl.wallet.Wallet.from_seed "
             "tronpy.keys.PrivateKey tronpy.keys.PrivateKey.fromhex bitcoinlib.keys.{Key,HDKey}",
             Entry("keyed", roles=tuple(Role("data", 0, name) for name in ("private_key", "mnemonic", "key")))),
    # what a caller gives for one service
    *entries("paramiko.SSHClient().connect",
             Entry("network", roles=(Role("host", 0, "hostname"), Role("password", 3, "password"),
                                     Role("password", -1, "pkey"), Role("password", -1, "key_filename")))),
    *entries("smtplib.{SMTP,SMTP_SSL}().login ftplib.{FTP,FTP_TLS}().login imaplib.{IMAP4,IMAP4_SSL}().login",
             Entry("keyed", roles=(Role("password", 1, "password"), Role("password", 1, "passwd")))),
    *entries("pymysql.connect psycopg2.connect psycopg.connect mysql.connector.connect MySQLdb.connect asyncpg.connect",
             Entry("keyed", roles=(Role("password", -1, "password"), Role("password", -1, "passwd")))),
    *entries("discord_webhook.{DiscordWebhook,AsyncDiscordWebhook}().execute", Entry("network", receiver="data")),
    # what comes of streams
    *entries("ssl.{create_default_context,_create_unverified_context}().wrap_socket().{send,sendall,write}",
             Entry("network", roles=(Role("data", 0),))),
    *entries("ssl.{create_default_context,_create_unverified_context}().wrap_socket().{recv,read} "
             "socketserver.BaseRequestHandler().request.recv socketserver.StreamRequestHandler().request.recv "
             "socketserver.StreamRequestHandler().rfile.{read,readline}", Entry(source="remote")),
    *entries("ctypes.windll.urlmon.{URLDownloadToFileW,URLDownloadToFileA}",
             Entry("download", "remote", roles=(Role("url", 1), Role("path", 2)))),
    *entries("asyncio.open_connection()[].{read,readline,readexactly,readuntil} "
             "asyncio.get_event_loop().{sock_recv,sock_recvfrom} telnetlib.Telnet().{read_until,read_some} "
             "socket.{socket,create_connection}().makefile().{read,readline,readlines} "
             "socket.create_connection().{recvfrom,recv_into} ssl.SSLContext().wrap_socket().{recv,read} "
             "socket.socket().accept()[].{recv,makefile}", Entry(source="remote")),
    *entries("asyncio.{create_subprocess_shell,create_subprocess_exec}().communicate "
             "asyncio.{create_subprocess_shell,create_subprocess_exec}().stdout.{read,readline} "
             "subprocess.Popen().stdout.readlines", Entry(source="process")),
    # code
    *entries("builtins.execfile", Entry("import", roles=(Role("path", 0),))),
)  # fmt: skip
