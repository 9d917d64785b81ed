"""Secrets that show only by where they stand, with what must be left; ``§`` stands for the mask."""

import base64

from core.redaction import SecretKind as K
from tests.redaction.fakes import encrypted, jwt, letters, private_key


def _basic(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


R20, R32, R40, HEX = letters(20, 3), letters(32, 4), letters(40, 5), letters(64, 6, "0123456789abcdef")

# (what, before the secret, the secret, after it, kind)
PLACES: list[tuple[str, str, str, str, K]] = [
    ("header", "x-api-key: ", "foo", "\naccept: */*", K.SECRET),
    ("header with words", "GET /\nX-API-Key: ", "hunter2", "\n", K.SECRET),
    ("bearer", "Authorization: Bearer ", "not-a-known-shape", "\n", K.BEARER_TOKEN),
    ("bearer in JSON", '{"Authorization":"Bearer ', "abc", '"}', K.BEARER_TOKEN),
    ("bearer alone", "sent Bearer ", R32, " and got 401", K.BEARER_TOKEN),
    ("basic", "Authorization: Basic ", _basic("user:pass"), "\n", K.BASIC_AUTH),
    ("basic alone", "used Basic ", _basic("user:pass word"), " here", K.BASIC_AUTH),
    ("digest", "Authorization: Digest ", "username=x, response=abcdef12", "\n", K.SECRET),
    ("JSON", '{"apiKey":"', "foo", '"}', K.SECRET),
    ("JSON with quote", '{"password":"', 'a\\"b c\\\\', '","x":1}', K.PASSWORD),
    ("JSON in JSON", '{"a":"{\\"password\\":\\"', 'a\\\\\\"b', '\\",\\"x\\":1}"}', K.PASSWORD),
    ("JSON list", '{"x-api-key":["', "foo", '"]}', K.SECRET),
    ("pretty JSON", '{\n  "api_key" : "', "foo", '"\n}', K.SECRET),
    ("cut off", '{"x-api-key":"', "foo-bar", "", K.SECRET),
    ("resume token", '"resumeToken":"', HEX, '"', K.TOKEN),
    ("access token", '{"access_token": "', "abcdef", '"}', K.TOKEN),
    ("pair", '{"name":"x-api-key","value":"', "foo", '"}', K.SECRET),
    ("pair in JSON", '{"a":"{\\"name\\": \\"api-key\\", \\"value\\": \\"', "foo", '\\"}"}', K.SECRET),
    ("pair backwards", '{"value":"', "foo", '","name":"x-api-key"}', K.SECRET),
    ("postman pair", '{"key":"x-api-key","value":"', "foo", '"}', K.SECRET),
    ("yaml pair", "- name: ANTHROPIC_API_KEY\n  value: ", "foo", "\n", K.SECRET),
    ("raw headers", '["Host","x","x-api-key","', R32, '"]', K.SECRET),
    ("python", "headers={'x-api-key': '", "foo", "'}", K.SECRET),
    ("python keyword", "Anthropic(api_key='", "foo", "')", K.SECRET),
    ("code in JSON", "{\"jsCode\":\"a = {'x-api-key': '", "foo", "'}\"}", K.SECRET),
    ("open quote in JSON", "{\"jsCode\":\"a = {'x-api-key': '", "foo", '","x":"it\'s"}', K.SECRET),
    ("env", "DB_PASSWORD=", "hunter", "\nOTHER=1", K.PASSWORD),
    ("env quoted", "export SECRET='", "a b c", "'", K.SECRET),
    ("yaml", "password: ", "hunter", "\nuser: x", K.PASSWORD),
    ("xml", "<apiKey>", "foo", "</apiKey>", K.SECRET),
    ("prose", "my password: ", "hunter2", " does not work", K.PASSWORD),
    ("aws secret", "aws_secret_access_key = ", R40, "\n", K.AWS_KEY),
    ("encryption key", "N8N_ENCRYPTION_KEY=", R32, " n8n start", K.N8N_ENCRYPTION_KEY),
    ("n8n config", '{\n\t"encryptionKey": "', R32, '"\n}', K.N8N_ENCRYPTION_KEY),
    ("flag", "tool --api-key ", R20, " --x", K.SECRET),
    ("flag with sign", "tool --token=", "abcdef", " --x", K.TOKEN),
    ("curl -u", "curl -u ", "user:pass", " https://x", K.BASIC_AUTH),
    ("curl --user", "curl https://x --user '", "user:pass", "'", K.BASIC_AUTH),
    ("curl -H", "curl -H 'x-api-key: ", "foo", "' https://x", K.SECRET),
    ("PowerShell", 'irm x -Headers @{"x-api-key"="', "foo", '"}', K.SECRET),
    ("cookie", "Cookie: n8n-auth=", "abc", "\n", K.COOKIE),
    ("set-cookie", "set-cookie: sid=", "abc", "; Path=/; HttpOnly\n", K.COOKIE),
    ("cookie in JSON", '{"cookie":"__cf_bm=', "abc.def", '"}', K.COOKIE),
    ("address password", "postgres://n8n:", "s3cret", "@db:5432/n8n", K.URL_CREDENTIALS),
    ("address with at", "https://me:", "p@ss", "@host/", K.URL_CREDENTIALS),
    ("address user", "https://", letters(24, 9), "@host/", K.URL_CREDENTIALS),
    ("query", "https://x/?a=1&api_key=", "foo", "&b=2", K.SECRET),
    ("percent-encoded query", "next=https%3A%2F%2Fx%2F%3Ftoken%3D", "abcdef", "%26b%3D2", K.TOKEN),
    ("presigned", "https://s3/x?X-Amz-Signature=", HEX, "&x=1", K.SECRET),
    ("html", "&quot;password&quot;:&quot;", "hunter", "&quot;", K.PASSWORD),
    ("http.client", "send: b'POST / HTTP/1.1\\r\\nx-api-key: ", "foo", "\\r\\naccept: x'", K.SECRET),
    ("slack", "https://hooks.slack.com/services/", "T000/B000/" + letters(24, 7), "", K.WEBHOOK_URL),
    ("discord", "https://discord.com/api/webhooks/", "123456789/" + letters(60, 8), " x", K.WEBHOOK_URL),
    ("non-ASCII password", '{"password":"', "pässwörd", '"}', K.PASSWORD),
    ("a surrogate before", '\ud83d {"password":"', "hunter", '"}', K.PASSWORD),
    # by shape
    ("OpenAI", "", "sk-proj-" + letters(40, 1) + "T3Blbk" + "FJ" + letters(40, 2), " x", K.OPENAI_KEY),
    ("OpenAI legacy", "key ", "sk-" + letters(20, 1) + "T3Blbk" + "FJ" + letters(20, 2), " x", K.OPENAI_KEY),
    ("OpenRouter", "", "sk-or-v1-" + HEX, "", K.OPENROUTER_KEY),
    ("Google", "key=", "AIza" + letters(35, 2), "&", K.GOOGLE_KEY),
    ("Groq", "", "gsk_" + letters(52, 2), "", K.GROQ_KEY),
    ("xAI", "", "xai-" + letters(80, 2), "", K.XAI_KEY),
    ("Perplexity", "", "pplx-" + letters(48, 2), "", K.PERPLEXITY_KEY),
    ("Hugging Face", "", "hf_" + letters(34, 2), "", K.HUGGING_FACE_TOKEN),
    ("AWS", "", "AKI" + "A" + letters(16, 2, "ABCDEFGHIJ234567"), "", K.AWS_KEY),
    ("Bedrock", "", "ABS" + "K" + letters(120, 2), "", K.BEDROCK_KEY),
    ("LiteLLM", "Bearer ", "sk-" + letters(22, 4), "", K.SK_KEY),
    ("LiteLLM master key", "Bearer ", "sk-1234", "", K.SK_KEY),
    ("DeepSeek", "", "sk-" + letters(32, 4, "abcdef0123456789"), "", K.SK_KEY),
    ("JWT", "X-N8N-API-KEY: ", jwt(), "\n", K.JWT),
    ("encrypted", '"credentials":"', encrypted(), '"', K.N8N_ENCRYPTED),
    ("PEM", "", private_key(), "\nend", K.PRIVATE_KEY),
    ("PEM in JSON", '{"key":"', private_key().replace("\n", "\\n"), '\\n"}', K.PRIVATE_KEY),
    ("PEM cut off", "", private_key()[:150], "", K.PRIVATE_KEY),
]
