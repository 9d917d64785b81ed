"""Texts with a secret in them, made from a seed: kinds of secret by ways to write it, as people paste them.

The heads, schemes and names called invented are in no list of the product, so they measure the general rules.
"""

import base64
import binascii
import json
import random
import re
import string
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote

from core.redaction.vendors import VendorShape, shapes
from tests.redaction.fakes import jwt, private_key

ALPHABETS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "digits": string.digits,
    "lower": string.ascii_lowercase + string.digits,
    "upper": string.ascii_uppercase + string.digits,
    "alnum": string.ascii_letters + string.digits,
    "word": string.ascii_letters + string.digits + "_-",
    "base64": string.ascii_letters + string.digits + "+/",
}


class Case(NamedTuple):
    """A text, and what must not survive in it."""

    kind: str
    text: str
    secret: str


def fill(template: str, generator: random.Random) -> str:
    """Return the template with each ``{alphabet:length}`` filled, and ``{J}`` by J."""
    return re.sub(
        r"\{(\w+):(\d+)\}",
        lambda match: "".join(generator.choices(ALPHABETS[match[1]], k=int(match[2]))),
        template.replace("{J}", "J"),
    )


def password(generator: random.Random) -> str:
    """Return a password as people choose it: a word, digits, perhaps a sign."""
    word = generator.choice(["Kestrel", "walnut", "Zephyr", "marmalade", "Quartz", "bluebird", "tangerine", "Copper"])
    return word + str(generator.randrange(10, 9999)) + generator.choice(["", "", "!", "#x", "_q"])


def token(generator: random.Random, length: int = 32) -> str:
    """Return random letters and digits."""
    return "".join(generator.choices(ALPHABETS["alnum"], k=length))


# --- credential headers -----------------------------------------------------------------

SCHEMES = [
    *(
        "{}",
        "Bearer {}",
        "Token {}",
        "Bot {}",
        "SSWS {}",
        "GenieKey {}",
        "JWT {}",
        "PAT {}",
        "Splunk {}",
        "Key {}",
        "ApiKey {}",
    ),
    *(
        "OAuth {}",
        "Klaviyo-API-Key {}",
        "Zoho-oauthtoken {}",
        "PVEAPIToken=root@pam!ci={}",
        'Token token="{}"',
        "MAC {}",
    ),
    *(
        'Digest username="bob", realm="x", nonce="abc", uri="/", response="{}"',
        'Hawk id="dh37", ts="1353832234", mac="{}"',
    ),
    "AWS4-HMAC-SHA256 Credential=bob/20261128/eu/s3/aws4_request, SignedHeaders=host;date, Signature={}",
    *("Zephyr {}", "Qubit-Auth {}", "Acme1 {}"),  # invented
]
SPELLINGS: dict[str, Callable[[str, str], str]] = {
    "raw": lambda name, value: f"POST /v1/send HTTP/1.1\nHost: api.example.com\n{name}: {value}\nAccept: */*\n",
    "curl double": lambda name, value: (
        f'curl -sS -H "{name}: {value}" https://api.example.com'
        if '"' not in value
        else f"curl -sS -H '{name}: {value}' https://api.example.com"
    ),
    "curl single": lambda name, value: f"curl --header '{name}: {value}' https://api.example.com",
    "JSON": lambda name, value: json.dumps({"headers": {name: value, "Accept": "x"}}),
    "JSON in JSON": lambda name, value: json.dumps({"body": json.dumps({"headers": {name: value}})}),
    "YAML": lambda name, value: f"headers:\n  {name}: {value}\n  Accept: x\n",
    "YAML quoted": lambda name, value: f"headers:\n  {name}: '{value}'\n",
    "Python": lambda name, value: f"requests.get(url, headers={{'{name}': '{value}', 'Accept': 'x'}})",
    "JavaScript": lambda name, value: f"fetch(url, {{ headers: {{ '{name}': `{value}` }} }});",
    "HAR": lambda name, value: json.dumps({"request": {"headers": [{"name": name, "value": value}]}}),
    "log": lambda name, value: f"2026-11-28 10:00:01 DEBUG request headers: {name}={value}\n",
    "raw headers": lambda name, value: json.dumps({"rawHeaders": ["Host", "x", name, value]}),
    "name and value": lambda name, value: json.dumps(
        {"parameters": [{"id": "7", "name": name, "type": "string", "value": value}]}
    ),
    "http.client": lambda name, value: "send: " + repr(f"GET / HTTP/1.1\r\n{name}: {value}\r\n\r\n".encode()),
    "lower case": lambda name, value: f"< {name.lower()}: {value}\n",
    "curl -v": lambda name, value: f"> GET / HTTP/2\n> {name}: {value}\n> accept: */*\n",
    "Go": lambda name, value: f'req.Header.Set("{name}", `{value}`)',
    "PHP": lambda name, value: f"$h = ['{name}' => '{value}'];",
    "list of strings": lambda name, value: f"CURLOPT_HTTPHEADER => array('{name}: {value}', 'Accept: x')",
    "developer tools": lambda name, value: f"accept\n*/*\n{name.lower()}\n{value}\nhost\nexample.com\n",
}
HEADERS = [
    *(
        "X-Company-Key",
        "X-Auth-Token",
        "Private-Token",
        "X-Vault-Token",
        "xi-api-key",
        "DD-API-KEY",
        "apikey",
        "api-key",
    ),
    *("Ocp-Apim-Subscription-Key", "x-functions-key", "X-Shopify-Access-Token", "X-Figma-Token", "Proxy-Authorization"),
    *("X-Zyx-Secret", "X-Wobble-Key", "Frobnicate-Api-Key"),  # invented
]


def headers(generator: random.Random) -> Iterator[Case]:
    for scheme in SCHEMES:
        for spelling, write in SPELLINGS.items():
            if spelling in ("Python", "curl single", "YAML quoted", "PHP", "list of strings") and "'" in scheme:
                continue
            secret = token(generator, generator.choice([24, 32, 40]))
            if "signature" in scheme.lower() or "response=" in scheme:
                secret = fill("{hex:64}", generator)
            if spelling == "developer tools" and "=" in scheme:
                continue
            yield Case(f"scheme, {spelling}", write("Authorization", scheme.format(secret)), secret)
    for name in HEADERS:
        for spelling, write in SPELLINGS.items():
            secret = fill(generator.choice(["{alnum:28}", "{hex:32}", "{lower:24}"]), generator)
            yield Case(f"header, {spelling}", write(name, secret), secret)


# --- names -----------------------------------------------------------------

NAMES = [
    *(
        "N8N_SMTP_PASS",
        "SMTP_PASS",
        "DB_PASS",
        "userPass",
        "smtpPass",
        "APP_KEY",
        "CONSUMER_KEY",
        "DD_APP_KEY",
        "apiKey",
    ),
    *(
        "DB_POSTGRESDB_PASSWORD",
        "clientSecret",
        "ACCESS_TOKEN_PROD",
        "privateKey",
        "aws_secret_access_key",
        "webhookSecret",
    ),
    *("refresh_token", "PGPASSWORD", "encryptionKey", "JWT_SECRET", "botToken", "license_key", "adminPassword2"),
    *("WOBBLE_KEY", "frobPass", "ZYX_SECRET", "quuxToken"),  # invented
]
ASSIGNMENTS: dict[str, Callable[[str, str], str]] = {
    "env": lambda name, value: f"PORT=5678\n{name}={value}\nHOST=x\n",
    "export": lambda name, value: f'export {name}="{value}"',
    "docker": lambda name, value: f"docker run -e {name}={value} -p 5678:5678 n8nio/n8n",
    "YAML": lambda name, value: f"environment:\n  {name}: {value}\n  TZ: UTC\n",
    "YAML pair": lambda name, value: f"env:\n  - name: {name}\n    value: {value}\n",
    "JSON": lambda name, value: json.dumps({"host": "db", name: value}),
    "JSON in JSON": lambda name, value: json.dumps({"data": json.dumps({name: value})}),
    "pretty JSON": lambda name, value: json.dumps({name: value}, indent=2),
    "Python": lambda name, value: f"{name} = '{value}'",
    "keyword": lambda name, value: f"connect(host='db', {name}='{value}')",
    "JavaScript": lambda name, value: f"const config = {{ {name}: '{value}', port: 1 }};",
    "const": lambda name, value: f"const {name} = '{value}';",
    "ini": lambda name, value: f"[mail]\nhost = x\n{name} = {value}\n",
    "arrow": lambda name, value: f"{name} -> {value}\n",
    "hash rocket": lambda name, value: f"'{name}' => '{value}',",
    "colon equals": lambda name, value: f"{name} := {value}\n",
    "name, type, value": lambda name, value: json.dumps([{"id": "a", "name": name, "type": "string", "value": value}]),
    "query": lambda name, value: f"GET https://api.example.com/v1?{name}={value}&limit=5",
    "XML": lambda name, value: f"<config><{name}>{value}</{name}></config>",
    "XML attribute": lambda name, value: f'<add key="{name}" value="{value}" />',
    "flag": lambda name, value: f"tool --{name.lower().replace('_', '-')} {value} --verbose",
    "prose": lambda name, value: f"I set {name} to {value} but it still fails",
    "next line": lambda name, value: f"{name}\n{value}\nand it fails\n",
    "CSV": lambda name, value: f"id,{name},note\n1,{value},x\n2,{value},y\n",
    "Markdown table": lambda name, value: f"| service | {name} |\n|---|---|\n| mail | {value} |\n",
    "Markdown code": lambda name, value: f"- `{name}`: `{value}`\n",
    "PowerShell": lambda name, value: f'$env:{name} = "{value}"',
    "Dockerfile": lambda name, value: f"ENV {name} {value}\n",
    "Java option": lambda name, value: f"java -Dmail.{name}={value} -jar app.jar",
    "HTML entities": lambda name, value: f"&quot;{name}&quot;:&quot;{value}&quot;",
}


def names(generator: random.Random) -> Iterator[Case]:
    for name in NAMES:
        for spelling, write in ASSIGNMENTS.items():
            hard = fill(generator.choice(["{alnum:20}", "{hex:32}", "{lower:24}", "{digits:16}ab"]), generator)
            secret = password(generator) if "pass" in name.lower() else hard
            yield Case(f"name, {spelling}", write(name, secret), secret)


# --- credentials of n8n -----------------------------------------------------------------


def exports(generator: random.Random) -> Iterator[Case]:
    def export(kind: str, data: object, *, order: bool = False, indent: int | None = None) -> str:
        fields = {"id": "Ab1Cd2Ef3Gh4Ij5K", "name": "My account", "type": kind, "data": data}
        return json.dumps([dict(reversed(fields.items())) if order else fields], indent=indent)

    for order in (False, True):
        for indent in (None, 2):
            secret = fill("{alnum:22}", generator)
            yield Case(
                "export",
                export("httpHeaderAuth", {"name": "X-Frob", "value": secret}, order=order, indent=indent),
                secret,
            )
            secret = password(generator)
            yield Case(
                "export", export("httpQueryAuth", {"name": "frob", "value": secret}, order=order, indent=indent), secret
            )
            secret = password(generator)
            yield Case(
                "export",
                export("httpBasicAuth", {"user": "bob", "password": secret}, order=order, indent=indent),
                secret,
            )
            secret = fill("{alnum:40}", generator)
            data = {
                "clientId": "frob",
                "clientSecret": "x" + secret,
                "oauthTokenData": {"access_token": secret, "expires_in": 3599},
            }
            yield Case("export", export("googleSheetsOAuth2Api", data, order=order, indent=indent), secret)
            secret = fill("{alnum:30}", generator)
            custom = {"json": json.dumps({"headers": {"X-Wobble": secret}})}
            yield Case("export", export("httpCustomAuth", custom, order=order, indent=indent), secret)
    for before in ("headerName", "header_name"):
        secret = fill("{alnum:24}", generator)
        after = before.replace("Name", "Value").replace("name", "value")
        yield Case("header name and value", json.dumps({before: "X-Wobble-Key", after: secret}), secret)
        yield Case("header name and value", f"{before}: 'Authorization',\n{after}: 'Frob {secret}'", secret)


# --- addresses -----------------------------------------------------------------


def addresses(generator: random.Random) -> Iterator[Case]:
    for sign in ("/", "?", "#", "'", '"', " ", "@", "%2F", "&", "$"):
        for scheme in ("postgres", "https", "redis", "mongodb+srv", "amqp", "smtp"):
            secret = f"Wal{generator.randrange(100)}{sign}nut{generator.randrange(1000)}"
            yield Case("address", f"connect {scheme}://n8n:{secret}@db.example.com/main failed", secret)
    for name in (
        "sig",
        "key",
        "token",
        "code",
        "apikey",
        "api_key",
        "access_token",
        "signature",
        "X-Amz-Signature",
        "auth",
    ):
        secret = fill("{alnum:32}", generator)
        yield Case("query", f"GET https://files.example.com/a/b.png?size=2&{name}={secret}&x=1 403", secret)


# --- private keys, commands and files -----------------------------------------------------------------


def private_keys(generator: random.Random) -> Iterator[Case]:
    lines = [fill("{base64:64}", generator) for _ in range(6)]
    for kind in ("RSA ", "EC ", "OPENSSH ", "", "ENCRYPTED "):
        begin, end = f"-----BEGIN {kind}PRIVATE " + "KEY-----", f"-----END {kind}PRIVATE " + "KEY-----"
        yield Case("PEM", "\n".join([begin, *lines, end]), lines[2])
        yield Case("PEM without its top", "it shows\n" + "\n".join([*lines, end]) + "\nthanks", lines[0])
        yield Case("PEM without its bottom", "\n".join([begin, *lines]) + "\n", lines[5])
        yield Case("PEM without its top, in JSON", json.dumps({"key": "\n".join([*lines[2:], end])}), lines[3])
    putty = (
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 2\n"
    )
    mac = fill("{hex:64}", generator)
    yield Case("PuTTY", putty + "\n".join(lines[:2]) + f"\nPrivate-MAC: {mac}\n", lines[1])
    yield Case("PuTTY", putty + "\n".join(lines[:2]) + f"\nPrivate-MAC: {mac}\n", mac)
    yield Case("PuTTY without its top", "\n".join(lines[:2]) + f"\nPrivate-MAC: {mac}\n", lines[0])


COMMANDS = [
    *(
        "sshpass -p {} ssh bob@host",
        "sshpass -p '{}' scp a b:",
        "mysql -u root -p{} n8n",
        "mysqldump -h db -uroot -p'{}' n8n > a.sql",
    ),
    *(
        "redis-cli -h cache -a {} ping",
        "docker login -u bob -p {} registry.example.com",
        "curl -u bob:{} https://example.com",
    ),
    *("wget --user=bob --password={} https://example.com", "http -a bob:{} example.com", "mongosh -u bob -p {} db"),
    *(
        "ldapsearch -D cn=bob -w {} -b dc=x",
        "psql 'host=db user=n8n password={}'",
        "openssl rsa -in k.pem -passin pass:{}",
    ),
    *(
        "machine example.com login bob password {}",
        "machine example.com\n  login bob\n  password {}\n",
        "db.example.com:5432:n8n:bob:{}",
    ),
    *(
        "echo {} | docker login --password-stdin",
        "echo '{}' | sudo -S reboot",
        'echo "bob:{}" | chpasswd',
        "requirepass {}",
    ),
    *(
        "ALTER ROLE n8n WITH PASSWORD '{}';",
        "CREATE USER 'n8n' IDENTIFIED BY '{}';",
        "USER bob\nPASS {}\n230 ok",
        'a1 LOGIN "bob" "{}"',
    ),
    *(
        "setx DB_PASSWORD {}",
        "smbclient //s/x -U bob%{}",
        "sqlcmd -S db -U sa -P {}",
        "gpg --batch --passphrase {} -d a.gpg",
    ),
    *(
        "unzip -P {} a.zip",
        "7z x a.7z -p{}",
        "AUTH {}",
        "keytool -list -storepass {} -keystore k",
        "aws configure set aws_secret_access_key {}",
    ),
    *(
        "kubectl create secret generic n8n --from-literal=password={}",
        "helm upgrade n8n --set auth.password={}",
        "borg --passphrase {} list",
    ),
    *(
        "Server=db;User Id=n8n;Password={};Encrypt=true",
        "jdbc:postgresql://db/n8n?user=n8n&password={}",
        "npm config set _authToken {}",
    ),
]


def commands(generator: random.Random) -> Iterator[Case]:
    for command in COMMANDS:
        secret = password(generator)
        yield Case("command", command.format(secret), secret)
        secret = fill("{alnum:14}", generator)
        prompt = "$ " if command[:1].islower() and ":5432:" not in command and "\n" not in command else ""
        yield Case("command", f"I ran this:\n{prompt}{command.format(secret)}\n", secret)


# --- what people write -----------------------------------------------------------------

STATEMENTS = [
    *(
        "my password is {}",
        "The password is {}.",
        "my password: {}",
        "password was {} yesterday",
        "Password = {}",
        "pw: {}",
        "pwd {}",
    ),
    *(
        "Mein Passwort ist {}",
        "Das Kennwort lautet {}",
        "le mot de passe est {}",
        "mi contraseña es {}",
        "a senha é {}",
        "La clave es {}",
    ),
    *(
        "wachtwoord: {}",
        "hasło: {}",
        "пароль: {}",
        "密码：{}",
        "パスワード: {}",
        "use {} as the password",
        "the login is bob and the password {}",
    ),
    *(
        "user bob password {}",
        "bob / {} is the password",
        "Passphrase: {}",
        "password is: '{}'",
        "password => {}",
        "Passwort: {}",
    ),
]
STATEMENTS_OF_KEYS = [
    *(
        "my key is {}",
        "here is the token: {}",
        "API key {}",
        "the secret is {}",
        "use {} as the API key",
        "my Cohere key: {}",
        "token={}",
    ),
    *(
        "I pasted the API key {} into n8n",
        "der Schlüssel ist {}",
        "la clé API est {}",
        "Mistral key {} does not work",
        "Deepgram: {}",
    ),
    *(
        "{} is my API key",
        "API key\n{}\n",
        "API Key:\n\n{}\n",
        "**Token**\n`{}`\n",
        "my Wobble token is {}",
        "access token → {}",
    ),
]


def statements(generator: random.Random) -> Iterator[Case]:
    for sentence in STATEMENTS:
        secret = password(generator)
        yield Case("told", sentence.format(secret), secret.rstrip("!"))
    for sentence in STATEMENTS_OF_KEYS:
        for template in ("{alnum:32}", "{hex:32}", "{alnum:40}"):
            secret = fill(template, generator)
            yield Case("told", sentence.format(secret), secret)


def tables(generator: random.Random) -> Iterator[Case]:
    for heading in ("password", "Password", "api_key", "Token", "client secret", "smtp pass"):
        for sign in (",", ";", "\t", "|"):
            secret = password(generator)
            yield Case("table", f"name{sign}{heading}{sign}host\nbob{sign}{secret}{sign}a.example\n", secret)
        secret = password(generator)
        yield Case("table", f"| user | {heading} |\n| --- | --- |\n| bob | x |\n| eve | {secret} |\n", secret)
        secret = password(generator)
        yield Case("table", f"<tr><td>{heading}</td><td>{secret}</td></tr>", secret)


# --- encoded and broken -----------------------------------------------------------------

CLEAR = [
    *(
        "DB_PASSWORD={}",
        "Authorization: Bot {}",
        '{{"apiKey": "{}", "x": 1}}',
        "https://bob:{}@db.example.com/n8n",
        "user: bob\npassword: {}\n",
    ),
    *("X-Wobble-Key: {}\n", "export SMTP_PASS='{}'", "machine example.com login bob password {}"),
]
ENCODINGS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 in JSON": lambda text: json.dumps({"content": base64.b64encode(text.encode()).decode()}),
    "base64 url-safe": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 wrapped": lambda text: base64.encodebytes(
        ("# settings of the mail server, keep\n" * 3 + text).encode()
    ).decode(),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "hex": lambda text: binascii.hexlify(text.encode()).decode(),
    "hex with blanks": lambda text: text.encode().hex(" "),
    "percent": lambda text: quote(text, safe=""),
    "percent, all": lambda text: "".join(f"%{ord(c):02X}" for c in text),
    "data address": lambda text: f"data:text/plain;base64,{base64.b64encode(text.encode()).decode()}",
}


def encoded(generator: random.Random) -> Iterator[Case]:
    for encoding, encode in ENCODINGS.items():
        for clear in CLEAR:
            secret = fill("{alnum:18}", generator)
            written = encode(clear.format(secret))
            yield Case(f"encoded, {encoding}", f"it holds {written} and fails", secret)


def broken(generator: random.Random) -> Iterator[Case]:
    for joint in ("\n", "\r\n", "=\n", "=\r\n", "\\\n", '" +\n  "', "\n> "):
        whole = jwt(generator.randrange(1000))
        yield Case("broken JWT", f"token: {whole[:60]}{joint}{whole[60:]}\nend", whole[64:])
        secret = fill("{base64:40}", generator)
        yield Case("broken AWS secret", f"aws_secret_access_key = {secret[:20]}{joint}{secret[20:]}\nend", secret[21:])
        for head in ("glpat-", "dop_v1_", "github_pat_", "shpat_"):
            secret = fill("{hex:40}" if "_v1" in head or "shp" in head else "{alnum:40}", generator)
            yield Case("broken token", f"it is {head}{secret[:9]}{joint}{secret[9:]}\nend", secret[10:])
    for _ in range(4):
        key = (
            fill("AKI" + "A{upper:16}", generator)
            .replace("0", "2")
            .replace("1", "3")
            .replace("8", "4")
            .replace("9", "5")
        )
        secret = fill("{base64:40}", generator)
        yield Case("AWS pair", f"{key}\n{secret}\n", secret)
        yield Case("AWS pair", f"{key} / {secret}", secret)


# --- vendors -----------------------------------------------------------------

SENTENCES = ["I used {} and it fails", "it says: {}", "Is {} right?", 'value "{}" was refused', "export FOO={}", "({})"]
INVENTED = [
    *(
        "acme_live_{alnum:32}",
        "wob_{alnum:36}",
        "frob-sk-{alnum:40}",
        "zyx_pat_{alnum:24}",
        "qux-api-{hex:40}",
        "nimbus_{alnum:44}",
    ),
    *("tkn_{alnum:32}", "flarb_secret_{hex:48}", "ZORK-KEY-{upper:32}", "glimmer_prod_{alnum:28}"),
]


def secret_part(shape: VendorShape, example: str) -> str:
    """Return what of an example must be hidden: of an address, only its secret part."""
    part = re.search(shape.pattern, example) if "(?P<secret>" in shape.pattern else None
    return part["secret"] if part else example


def vendors(generator: random.Random) -> Iterator[Case]:
    for shape in shapes():
        for sentence in generator.sample(SENTENCES, 2):
            secret = fill(shape.example, generator)
            yield Case(f"vendor, {shape.name}", sentence.format(secret), secret_part(shape, secret)[-24:])
    for template in INVENTED:
        for sentence in SENTENCES:
            secret = fill(template, generator)
            yield Case("invented vendor", sentence.format(secret), secret.rsplit("_", 1)[-1].rsplit("-", 1)[-1])


MAKERS = (headers, names, exports, addresses, private_keys, commands, statements, tables, encoded, broken, vendors)


def cases(seed: int) -> list[Case]:
    """Return all cases, their secrets made from the seed."""
    generator = random.Random(seed)
    return [case for make in MAKERS for case in make(generator)] + [
        Case("PEM", private_key(seed), private_key(seed)[40:70])
    ]


def survives(secret: str, text: str) -> bool:
    """Tell whether a piece of the secret can still be read, also by decoding what looks encoded."""
    size = min(len(secret), 8)
    pieces = {secret[at : at + size] for at in range(len(secret) - size + 1)}
    forms = {text, *_decoded(text)}
    return any(piece in form for piece in pieces for form in forms)


def _decoded(text: str) -> Iterator[str]:
    joined = re.sub(r"\s|\\n", "", text)
    for run in re.findall(r"[A-Za-z0-9+/_-]{16,}", joined):
        letters = run.replace("-", "+").replace("_", "/")
        for shift in range(4):
            whole = letters[shift : shift + (len(letters) - shift) // 4 * 4]
            first = base64.b64decode(whole)
            yield first.replace(b"\0", b"").decode("latin-1")
            if re.fullmatch(rb"[A-Za-z0-9+/=]{16,}", first):
                yield base64.b64decode(first[: len(first) // 4 * 4]).decode("latin-1")
        if re.fullmatch(r"[0-9a-f]+", run) and len(run) % 2 == 0:
            yield bytes.fromhex(run).decode("latin-1")
    yield re.sub(r"%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), text)
