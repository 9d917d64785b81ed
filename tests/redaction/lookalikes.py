"""Texts that look like secrets, or speak of them, and hold none: each comes back as it was."""

import base64
import random

_GENERATOR = random.Random(11)
_PICTURE = base64.b64encode(_GENERATOR.randbytes(900)).decode()
_HEX = "".join(_GENERATOR.choices("0123456789abcdef", k=128))
_WORDS = "The quick brown fox jumps over the lazy dog and says that nothing at all happened today. "

IDS = {
    "UUID": "execution 3f2b8c1e-9d4a-4b6f-8e21-7c5d9a0b1e2f failed",
    "UUID capitals": "tenant 3F2B8C1E-9D4A-4B6F-8E21-7C5D9A0B1E2F",
    "commit": f"commit {_HEX[:40]} (HEAD -> main)",
    "short commit": f"n8n@2.41.1 built from {_HEX[:9]}",
    "execution id": "Execution 184467 of workflow aB3dE5fG7hI9jK1L",
    "workflow address": "https://n8n.example.com/workflow/Xy9Zk2LmNp4QrSt6/executions/88123",
    "webhook path": '"webhookId": "7c5d9a0b-1e2f-4b6f-8e21-3f2b8c1e9d4a"',
    "own webhook": "https://n8n.example.com/webhook/7c5d9a0b-1e2f-4b6f-8e21-3f2b8c1e9d4a",
    "node id": '{"id": "8e21a0b1-3f2b-4c1e-9d4a-7c5d9a0b1e2f", "name": "HTTP Request", "position": [220, 340]}',
    "credential id": '"credentials": {"httpHeaderAuth": {"id": "Vd3Kq9LmXz7TbR2A", "name": "Header Auth account 2"}}',
    "credential not found": 'Credential with ID "Vd3Kq9LmXz7TbR2A" does not exist for type "anthropicApi".',
    "request id": "request-id: req_011CUxWzAbCdEfGhIjKlMnOp",
    "message id": '{"id": "msg_01XFDUDYJgAACzvnptvVoYEL", "type": "message", "role": "assistant"}',
    "tool use": '{"type": "tool_use", "id": "toolu_01A09q90qw90lq917835lq9", "name": "get_weather"}',
    "completion id": "chatcmpl-9uXWzAbCdEfGhIjKlMnOpQrStUv",
    "call id": '"tool_call_id": "call_62136354AbCdEfGhIjKlMnOp"',
    "file id": "file_011CNha8iCJcU1wXNR6q4V8w was not found",
    "workspace id": "wrkspc_01JwQvzr7rXLA5AGx3HKfFUJ has no credit",
    "session of a memory": '"sessionId": "4f1c2a9b7d6e4c3fa8b9d0e1f2a3b4c5"',
    "session key of a memory": '"sessionKey": "={{ $json.chatId }}", "sessionIdType": "customKey"',
    "session by word": '"sessionKey": "weekly-report"',
    "trace id": f"traceparent: 00-{_HEX[:32]}-{_HEX[32:48]}-01",
    "span": f"trace_id={_HEX[:32]} span_id={_HEX[:16]}",
    "ETag": f'etag: "{_HEX[:32]}"',
    "ETag weak": 'ETag: W/"5e8c-Qm1sZ2ZkTmVrbGtqT0pqaGpo"',
    "cf-ray": "cf-ray: 8f2b1c3d4e5f6a7b-AMS",
    "sheet id": "https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit#gid=0",
    "drive folder": '{"__rl": true, "mode": "id", "value": "1aBcD_eFgHiJkLmNoPqRsTuVwXyZ01234"}',
    "Airtable ids": "appQ1w2E3r4T5y6U7 tblA1s2D3f4G5h6J7 recZ1x2C3v4B5n6M7",
    "Notion page": "https://www.notion.so/acme/Plan-4f1c2a9b7d6e4c3fa8b9d0e1f2a3b4c5",
    "video": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "Slack channel": "channel C06AB12CD34 of team T01AB23CD45",
    "Telegram chat": '"chatId": "-1001234567890"',
    "database constraint": 'duplicate key value violates unique constraint "PK_b21ace2e13596ccd87dc9bf4ea6"',
    "chain address": "token0 = 0x82aF49447D8a07e3bd95BD0d56f35241523fBab1",
}
NUMBERS = {
    "version": "n8n version 2.41.1 (Self Hosted), node v22.11.0, pnpm 10.2.1",
    "date": "2026-11-28T10:15:30.123Z and 28/11/2026 10:15",
    "stack": "at Workflow.runNode (/usr/local/lib/node_modules/n8n/dist/core/workflow-execute.js:1637:15)",
    "anthropic version": "anthropic-version: 2023-06-01\nanthropic-beta: prompt-caching-2024-07-31",
    "model ids": "claude-sonnet-4-5-20250929, gpt-4o-2024-08-06"
    ", gemini-2.5-pro, us.anthropic.claude-opus-4-1-20250805-v1:0",
    "max_tokens": '{"max_tokens": 8192, "temperature": 0.7, "top_p": 1}',
    "usage": '{"input_tokens": 2095, "output_tokens": 503, "cache_creation_input_tokens": 0}',
    "rate limits": "anthropic-ratelimit-tokens-limit: 80000\nanthropic-ratelimit-tokens-reset: 2026-11-28T10:16:00Z",
    "checksum": f"sha256:{_HEX[:64]}  n8n.tar.gz",
    "SRI": "integrity sha512-" + base64.b64encode(bytes.fromhex(_HEX)).decode(),
    "md5": f"md5 {_HEX[32:64]} ok",
    "phone": "call +49 30 1234567 or (555) 010-9999",
    "IP": "connect ECONNREFUSED 203.0.113.7:5432",
    "coordinates": "position: [1240, -380], zoom 1.25",
    "cron": "0 */6 * * 1-5",
}
WORDS = {
    "missing header": "Authorization header is missing",
    "x-api-key": "x-api-key header is required",
    "invalid key": "invalid x-api-key",
    "bearer": "Invalid bearer token. Check that the token has not expired.",
    "password prompt": "Please enter your password. The password must have at least 8 characters and 1 number.",
    "password policy": "Password: at least 12 characters, one digit, no spaces",
    "key words": "The API key was revoked. Create a new API key in the Console and paste it into the credential.",
    "token words": "The token limit is 200000 tokens; a token is about 4 characters.",
    "secret words": "Secret Santa starts today. The secret is to stir slowly.",
    "login words": "The login page says that two-factor is required for this account",
    "German": "Das Passwort ist falsch. Der Schlüssel wurde gesperrt.",
    "French": "Le mot de passe est incorrect. La clé API a expiré.",
    "Spanish": "La contraseña es incorrecta. La clave no existe.",
    "credentials": "Couldn’t connect with these settings. Authorization failed - please check your credentials",
    "fields": "Fill in User, Password, Host, Port and SSL, then press Save.",
    "auth types": "Basic Auth, Digest Auth, Header Auth, OAuth2, Query Auth, Custom Auth",
    "key of a table": '"key": "Due Date|date", "key": "Status|select"',
    "option": '{"name": "Cookie", "value": "Cookie"}, {"name": "Password", "value": "password"}',
    "menu": '{"displayName": "API Key", "name": "apiKey", "type": "string", "typeOptions": {"password": true}}',
    "test result": "status: r.passed ? 'PASS' : 'FAIL'",
    "table of names": "| name | required | description |\n|---|---|---|\n| password | yes | The password to use |\n",
    "environment names": "Set N8N_ENCRYPTION_KEY, DB_POSTGRESDB_PASSWORD and N8N_SMTP_PASS in your environment.",
    "unset": "ANTHROPIC_API_KEY is not set. DB_PASSWORD is empty.",
    "empty values": "DB_PASSWORD=\nSMTP_PASS=''\nAPI_KEY=\"\"\n",
}
CODE = {
    "input": "const botToken = $input.first().json.bot_token;",
    "arrow": "Object.keys(rules).find(key => key.toLowerCase() === header)",
    "environment": "const API_KEY = $env('XAI_API_KEY'); const key = process.env.OPENAI_API_KEY;",
    "shorthand": "return [{ json: { session_id: sessionId, token: accessToken, apiKey } }];",
    "concatenation": "={{ 'https://graph.example.com/me?fields=id&access_token=' + $credentials.x }}",
    "expression": '{"name": "Authorization", "value": "=Bearer {{ $json.token }}"}',
    "credentials expression": '"password": "={{ $credentials.password }}", "key": "{{ $json.token }}"',
    "function": "headers.set('x-api-key', getApiKey(config)); const token = await this.getToken();",
    "template": "Authorization: `Bearer ${accessToken}`",
    "Python": "api_key = os.environ['ANTHROPIC_API_KEY']\npassword = getpass.getpass()",
    "types": "interface Auth { token: string; password?: string; apiKey: string | null }",
    "destructuring": "const { apiKey, password: userPassword } = credentials;",
    "sort": "rows.sort((a, b) => a.key.localeCompare(b.key)); map[key] = value; cache.set(key, item);",
    "minified": "var e=t.key,n=r.token;return e&&n?o(e,{key:n,pass:!0,auth:i}):u.default(e)",
    "CSS": ".css-1q2w3e4r5t6y, .MuiButton-root-123, .sc-bdVaJa { color: #3fa9c1 }",
    "shell": 'curl -H "x-api-key: $ANTHROPIC_API_KEY" -H "Authorization: Bearer $TOKEN" https://api.example.com',
}
STAND_INS = {
    "YOUR_API_KEY": "x-api-key: YOUR_API_KEY",
    "your key here": '"apiKey": "your-api-key-here", "token": "<your-token>"',
    "angle": "Authorization: Bearer <ACCESS_TOKEN>",
    "masked": "sk-ant-api03-R2D...igAA and ******** and [REDACTED]",
    "example address": "http://username:password@proxy.example.com:8080",
}
FILES = {
    "picture": f"data:image/png;base64,{_PICTURE}",
    "text in base64": base64.b64encode((_WORDS * 3).encode()).decode(),
    "HTML in base64": base64.b64encode(b"<html><body><p>Enter your password below.</p></body></html>").decode(),
    "paths": "/usr/local/lib/node_modules/n8n/node_modules/@aws-sdk/token-providers/dist-cjs/getSsoTokenProvider.js",
    "packages": "@n8n/n8n-nodes-langchain 2.41.1, @aws-sdk/credential-provider-node@3.808.0, keyv@5.2.3, passport-jwt",
    "certificate": "-----BEGIN CERTIFICATE-----\nMIIBszCCARwCCQDq\n-----END CERTIFICATE-----",
}
LOOK_ALIKES = {
    f"{group}: {name}": text
    for group, texts in {
        "ids": IDS,
        "numbers": NUMBERS,
        "words": WORDS,
        "code": CODE,
        "stand-ins": STAND_INS,
        "files": FILES,
    }.items()
    for name, text in texts.items()
}
