"""A hundred secrets written down after the rules were done, without looking at them; see `test_unseen`."""

import base64
import json
import random

from tests.redaction.secrets import fill

_G = random.Random(77)


def _f(template: str) -> str:
    return fill(template, _G)


def _pair(template: str, pattern: str) -> tuple[str, str]:
    secret = _f(pattern)
    return template.replace("§", secret), secret


UNSEEN: list[tuple[str, str]] = [
    # headers
    _pair("Authorization: Client-ID §", "{hex:32}"),
    _pair("Authorization: Bearer-Token §\n", "{alnum:30}"),
    _pair('-H "X-Redmine-API-Key: §"', "{hex:40}"),
    _pair("--header='X-Cisco-Meraki-API-Key: §'", "{hex:40}"),
    _pair("X-RapidAPI-Key: §\nX-RapidAPI-Host: x", "{lower:50}"),
    _pair("headers = {'X-Api-Token': \"§\"}", "{alnum:26}"),
    _pair("Authorization: Basic §", "{base64:4}").__class__(
        (
            "Authorization: Basic " + base64.b64encode(b"svc:gr33nTea!77").decode(),
            base64.b64encode(b"svc:gr33nTea!77").decode()[4:],
        )
    ),
    _pair("authorization: 'Apikey §',", "{alnum:32}"),
    _pair('{"key":"Authorization","value":"Discogs token=§","type":"text"}', "{alnum:40}"),
    _pair("{ Authorization: [ 'Bearer §' ] }", "{word:40}"),
    _pair("Header: X-Plex-Token, Value: §", "{alnum:20}"),
    _pair("req.setRequestHeader('X-Gitlab-Token', '§')", "{alnum:20}"),
    _pair('r.headers["X-Ubidots-Key"] = "§"', "BBFF-{hex:32}"),
    _pair("@{ Authorization = 'Basic §' }", "{base64:40}"),
    _pair("cookie: connect.sid=§; theme=dark", "s%3A{alnum:32}.{alnum:40}"),
    _pair("Set-Cookie: XSRF-TOKEN=§; path=/", "{alnum:40}"),
    # names
    _pair("MAILGUN_SMTP_PASSWORD: §", "{hex:32}-{hex:8}"),
    _pair("spring.datasource.password=§", "Wint3r#{digits:4}"),
    _pair("  redis_url: redis://:§@cache:6379/0", "{alnum:18}"),
    _pair("SECRET_KEY_BASE=§", "{hex:128}"),
    _pair("define('AUTH_KEY', '§');", "{word:64}"),
    _pair("N8N_USER_MANAGEMENT_JWT_SECRET=§", "{alnum:24}"),
    _pair("QUEUE_BULL_REDIS_PASSWORD=§", "bull{digits:5}"),
    _pair("root_password: '§' # change", "Tul1p{digits:3}"),
    _pair('password => "§",', "ho{digits:4}rse"),
    _pair("TWILIO_AUTH_TOKEN §", "{hex:32}"),
    _pair("ansible_become_pass: §", "b3come{digits:3}"),
    _pair("PASSWORD 1: §", "Gr4pe{digits:3}"),
    _pair("mssql://sa:§@10.0.0.5:1433", "P@ss{digits:4}"),
    _pair("ftp://backup:§@ftp.example.org/in", "f%23tp{digits:4}"),
    _pair("DATABASE_URL=postgresql://n8n:§@db/n8n", "{alnum:16}"),
    _pair("user=n8n, pwd=§, host=db", "kiwi{digits:4}"),
    _pair('"smtp": {"user": "a@b.c", "pass": "§"}', "mail{digits:4}X"),
    _pair("secretAccessKey: '§',", "{base64:40}"),
    _pair("accessKeySecret=§", "{alnum:30}"),
    _pair("client_secret=§&grant_type=client_credentials", "{word:40}"),
    _pair('code_verifier: x, refreshToken: "§"', "{word:50}"),
    _pair("sessionToken=§", "FwoGZXIvYXdz{base64:80}"),
    _pair('signing_secret = "§"', "{hex:32}"),
    _pair("encryption-key §", "{hex:64}"),
    _pair("pass phrase: §", "ocean{digits:4}blue"),
    _pair("<Password>§</Password>", "Xml{digits:5}"),
    _pair('<property name="password" value="§"/>', "bean{digits:5}"),
    _pair("password:\n  value: §", "yaml{digits:5}"),
    _pair("password:\t§", "tab{digits:5}x"),
    _pair("$password = ConvertTo-SecureString '§' -AsPlainText -Force", "P0wer{digits:4}"),
    _pair("export GH_TOKEN='§'", "{alnum:40}"),
    _pair("kong_key=§", "{alnum:32}"),
    _pair('{"apikey":{"value":"§"}}', "{alnum:32}"),
    _pair("api-key is set to `§`", "{alnum:32}"),
    # told
    _pair("ok so the admin pw is §, please don't share", "Sun{digits:4}!"),
    _pair("Here's my OpenWeather key §", "{hex:32}"),
    _pair("Login: maria / Password: §", "mar{digits:4}"),
    _pair("credentials are maria:§", "mar{digits:6}Q"),
    _pair("the token I generated (§) does not work", "{alnum:36}"),
    _pair("I tried with this secret: §", "{word:34}"),
    _pair("Ich habe den API-Schlüssel § eingetragen", "{alnum:32}"),
    _pair("Le jeton est §", "{alnum:32}"),
    _pair("mot de passe : §", "soleil{digits:3}"),
    _pair("la contraseña del servidor es §", "luna{digits:4}"),
    _pair("Minha senha: §", "praia{digits:3}"),
    _pair("wachtwoord is §", "fiets{digits:4}"),
    _pair("parola: §", "cas{digits:4}a"),
    _pair("Пароль: §", "solnce{digits:4}"),
    _pair("my key:\n\n    §\n", "{alnum:40}"),
    _pair("Secret access key\n§", "{base64:40}"),
    _pair("PIN for the vault, password §", "v4ult{digits:3}"),
    _pair("temporary password is “§”", "Temp{digits:4}"),
    # tables and files
    _pair("service;user;secret\nmail;bob;§\n", "{alnum:14}"),
    _pair("| Key | Value |\n|---|---|\n| API_KEY | § |\n", "{alnum:32}"),
    _pair("Name\tToken\nprod\t§\n", "{alnum:32}"),
    _pair('username,password\n"bob","§"\n', "c,sv{digits:4}"),
    _pair("[default]\naws_access_key_id = x\naws_secret_access_key = §\n", "{base64:40}"),
    _pair("//registry.npmjs.org/:_authToken=§", "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}"),
    _pair('{"auths":{"registry.example.com":{"auth":"§"}}}', "{base64:40}"),
    _pair("machine api.example.com login x password §", "net{digits:5}rc"),
    _pair("rclone: pass = §", "{word:32}"),
    # commands
    _pair("http POST example.com X-Api-Key:§", "{alnum:32}"),
    _pair("PGPASSWORD=§ psql -h db", "pg{digits:5}"),
    _pair("mysql --user=root --password='§' db", "my{digits:5}"),
    _pair("openssl enc -aes-256-cbc -k § -in a", "ssl{digits:5}"),
    _pair("gh auth login --with-token <<< §", "gh{J}_{alnum:36}".replace("{J}", "p")),
    _pair("vault login §", "hvs.{word:90}"),
    _pair("curl https://x.example/api -d 'token=§'", "{alnum:32}"),
    _pair('curl -X POST -d \'{"password":"§"}\' https://x', "js{digits:5}on"),
    _pair("ssh-keygen -t ed25519 -N '§' -f k", "ssh{digits:5}"),
    _pair("kubectl create secret docker-registry r --docker-password=§", "dock{digits:5}"),
    _pair("net use z: \\\\srv\\s /user:bob §", "net{digits:5}use"),
    # vendors, in sentences
    _pair("My Stripe webhook secret whsec_§ was rotated", "{alnum:32}"),
    _pair("Azure: 8f~8Q~§ is the secret value", "{word:34}"),
    _pair("lin_api_§", "{alnum:40}"),
    _pair("the Discord bot token is MTA§", "{alnum:23}.G{alnum:5}.{word:38}"),
    _pair("hook: https://hooks.zapier.com/hooks/catch/123456/§/", "b{lower:6}"),
    _pair("https://chat.googleapis.com/v1/spaces/AAA/messages?key=x&token=§", "{word:43}"),
    _pair("https://oapi.dingtalk.com/robot/send?access_token=§", "{hex:64}"),
    _pair("novavendor_sk_live_§", "{alnum:40}"),
    _pair("zed-token-§", "{hex:40}"),
    # encoded
    (
        json.dumps({"b": base64.b64encode(b"password: s3ahorse99").decode()}),
        base64.b64encode(b"password: s3ahorse99").decode()[8:],
    ),
    (
        "echo " + base64.b64encode(b"N8N_API_KEY=kelp88forest11").decode() + " | base64 -d",
        base64.b64encode(b"N8N_API_KEY=kelp88forest11").decode()[16:],
    ),
    ("x=" + b"token=brine77shell".hex(), b"brine77shell".hex()),
]
