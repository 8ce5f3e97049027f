"""Packages that talk to the network for whoever calls them: what each takes as address and as data."""

from __future__ import annotations

from assay.scanner.code.vocabulary import Entry, Role, entries

_ANY = ((0, ""),)
_VERBS = "{get,post,put,patch,delete,head,options,del}"
_URL = (
    Role("url", 0),
    Role("url", -1, "url"),
    Role("url", -1, "uri"),
    Role("host", -1, "baseURL"),
    Role("headers", -1, "headers"),
    *(
        Role("data", -1, name)
        for name in ("body", "data", "json", "form", "formData", "params", "qs", "searchParams", "auth")
    ),
)
_TO = (*_URL, Role("data", 1))
_CALLABLE = (
    "axios node-fetch cross-fetch isomorphic-fetch got undici.fetch undici.request ky needle request request-promise "
    "request-promise-native phin bent superagent simple-get make-fetch-happen wretch ofetch.ofetch ofetch.$fetch "
    "node-fetch-native minipass-fetch centra isomorphic-unfetch unfetch whatwg-fetch electron.net.request "
    "axios.request got.stream cross-fetch.fetch node-fetch.fetch whatwg-fetch.fetch simple-get.concat urllib.request "
    "undici.stream undici.pipeline typed-rest-client"
)
_BODY = (Role("data", 0),)

CLIENTS = (
    *entries(_CALLABLE, Entry("network", "remote", roles=_URL, callbacks=_ANY, callback_arguments=(-1, "error"))),
    *entries(f"axios.{_VERBS} axios.create().{_VERBS} got.{_VERBS} needle.{_VERBS} request.{_VERBS} ky.{_VERBS} "
             f"request-promise.{_VERBS} superagent.{_VERBS} superagent.agent().{_VERBS} phin.{_VERBS} "
             f"typed-rest-client.RestClient().{_VERBS} jquery.{_VERBS} $.{_VERBS} jQuery.{_VERBS} "
             "$.ajax $.getJSON jQuery.ajax axios.create().request axios.postForm",
             Entry("network", "remote", roles=_TO, callbacks=_ANY, callback_arguments=(-1, "error"))),
    *entries(f"superagent.{_VERBS}().send superagent.post().{{send,query,field,attach}}", Entry("network", roles=_BODY,
             receiver="url")),
    *entries(f"superagent.{_VERBS}().end superagent.{_VERBS}().send().end", Entry(source="remote", callbacks=_ANY,
             callback_arguments=(-1, "error"))),
    *entries("superagent.post().send superagent.post().attach superagent.put().send", Entry("network", roles=_BODY,
             receiver="url")),
    *entries("ws ws.WebSocket isomorphic-ws socket.io-client socket.io-client.{io,connect} websocket.client "
             "reconnecting-websocket mqtt.connect amqplib.connect ioredis redis.createClient mongodb.MongoClient "
             "mongodb.MongoClient.connect mongoose.connect ssh2.Client().connect ssh2-sftp-client().connect "
             "basic-ftp.Client().access "
             "pg.Client mysql.createConnection mysql2.createConnection tor-request.request irc.Client "
             "socks.SocksClient.createConnection",
             Entry("network", "remote", roles=(*_URL, Role("host", -1, "host")), callbacks=_ANY)),
    *entries("ws().send ws.WebSocket().send socket.io-client().emit socket.io-client.io().emit mqtt.connect().publish "
             "ssh2.Client().exec", Entry("network", roles=(Role("data", 0), Role("data", 1)), receiver="url")),
    *entries("nodemailer.createTransport", Entry("network", roles=(Role("host", -1, "host"), Role("url", 0)))),
    *entries("nodemailer.createTransport().sendMail emailjs.send @sendgrid/mail.send mailgun-js().messages().send "
             "@emailjs/browser.send "
             "postmark.{ServerClient,Client}().{sendEmail,sendEmailWithTemplate} resend.Resend().emails.send",
             Entry("network", roles=(*_BODY, Role("data", 2)))),
    *entries("discord.js.WebhookClient discord-webhook-node.Webhook node-telegram-bot-api telegraf.Telegraf "
             "discord-webhook-node.MessageBuilder @slack/webhook.IncomingWebhook @slack/web-api.WebClient",
             Entry("network", "remote", roles=(Role("url", 0), Role("url", -1, "url")))),
    *entries("discord.js.WebhookClient().send discord-webhook-node.Webhook().send "
             "telegraf.Telegraf().telegram.sendMessage "
             "node-telegram-bot-api().sendMessage node-telegram-bot-api().sendDocument "
             "@slack/webhook.IncomingWebhook().send",
             Entry("network", roles=(Role("data", 0), Role("data", 1)), receiver="url")),
    *entries("@octokit/rest.Octokit octokit.Octokit @octokit/core.Octokit",
             Entry("network", "remote", roles=(Role("url", -1, "baseUrl"),))),
    *entries("@octokit/request.request "
             "libnpmpublish.publish npm-registry-fetch npm-registry-fetch.json",
             Entry("network", "remote", roles=(*_URL, Role("data", 1)))),
    *entries("@octokit/rest.Octokit().repos.{createOrUpdateFileContents,createForAuthenticatedUser,createFork} "
             "octokit.Octokit().request @octokit/core.Octokit().request @octokit/rest.Octokit().request "
             "@octokit/rest.Octokit().rest.repos.{createOrUpdateFileContents,createForAuthenticatedUser} "
             "@octokit/rest.Octokit().git.{createRef,createCommit,createTree} @octokit/rest.Octokit().gists.create "
             "@aws-sdk/client-s3.S3Client().send aws-sdk.S3().{upload,putObject}",
             Entry("network", roles=(Role("url", 0), Role("data", 0), Role("data", 1)))),
    *entries("download download-file node-downloader-helper.DownloaderHelper nugget wget-improved.download",
             Entry("download", "remote", roles=(Role("url", 0), Role("path", 1)), callbacks=_ANY)),
    *entries("{@electron/asar,asar}.{createPackage,createPackageWithOptions,extractAll}",
             Entry("write", roles=(Role("source", 0), Role("path", 1)))),
    # what only a private key or the words of a wallet are given to
    *entries("@solana/web3.js.Keypair.{fromSecretKey,fromSeed} ethers.{Wallet,Wallet.fromMnemonic,Wallet.fromPhrase,"
             "SigningKey,HDNodeWallet.fromPhrase,ethers.Wallet,ethers.Wallet.fromMnemonic,utils.HDNode.fromMnemonic} "
             "@ethersproject/wallet.Wallet viem/accounts.{privateKeyToAccount,mnemonicToAccount} "
             "bip39.{mnemonicToSeed,mnemonicToSeedSync,validateMnemonic,mnemonicToEntropy} ecpair().fromWIF "
             "ecpair.{ECPairFactory,default}().{fromWIF,fromPrivateKey} bitcoinjs-lib.ECPair.{fromWIF,fromPrivateKey} "
             "web3().eth.accounts.{privateKeyToAccount,wallet.add} web3.Web3().eth.accounts.privateKeyToAccount "
             "ethereumjs-wallet.{fromPrivateKey,default.fromPrivateKey} "
             "tweetnacl.sign.keyPair.{fromSecretKey,fromSeed} "
             "xrpl.Wallet.{fromSeed,fromSecret} tronweb().address.fromPrivateKey bip32.fromSeed",
             Entry("keyed", roles=_BODY)),
)  # fmt: skip
