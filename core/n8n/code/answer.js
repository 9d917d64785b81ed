// Reads what an HTTP Request node gave back (Full Response, Never Error, Response Format: Text, On Error: Continue).
// Either { statusCode, headers, data }, data being the body's text, or { error } when nobody answered.

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

// Text that is JSON becomes an object; a page or broken JSON stays text.
function parse(text) {
  if (typeof text !== 'string') return text;
  try {
    return JSON.parse(text);
  } catch (notJson) {
    return text;
  }
}

function bodyOf(json) {
  return parse(json.data === undefined ? json.body : json.data);
}

// Told by the body's form, never by its words.
function whoAnswered(body) {
  if (typeof body === 'string') {
    if (body.trim() === '') return 'empty';
    return /^\s*<[!a-z?]/i.test(body) ? 'html' : 'plain_text';
  }
  if (!isObject(body)) return body === null || body === undefined ? 'empty' : 'other_json';
  if (Object.keys(body).length === 0) return 'empty';
  if (body.type === 'error' && isObject(body.error) && typeof body.error.type === 'string') return 'anthropic';
  if (body.type === 'message' && Array.isArray(body.content)) return 'anthropic';
  if (isObject(body.error) && body.error.type === 'forbidden') return 'anthropic_edge';
  if (isObject(body.error) && typeof body.error.message === 'string' && 'param' in body.error) return 'openai_style';
  return 'other_json';
}

// A transport fault is an Error object, its plain copy, or only its sentence, by n8n version.
function readFault(error) {
  if (!isObject(error)) return { code: null, message: hide(error, 600), also: [] };
  const cause = isObject(error.cause) ? error.cause : {};
  const details = isObject(error.details) ? error.details : {};
  const code = [error.code, cause.code, error.httpCode, details.httpCode].find((c) => typeof c === 'string' && c !== '');
  const texts = [error.message, error.description, cause.message, details.message, details.description];
  const known = texts.filter((t) => typeof t === 'string' && t !== '').map((t) => hide(t, 600));
  return { code: code || null, message: known[0] || null, also: [...new Set(known.slice(1))].filter((t) => t !== known[0]) };
}

function header(headers, name) {
  const found = Object.keys(headers || {}).find((field) => field.toLowerCase() === name);
  if (!found) return null;
  const value = headers[found];
  return hide(Array.isArray(value) ? value.join(', ') : value, 200);
}

function titleOf(page) {
  const found = /<title[^>]*>([^<]{0,200})/i.exec(page.slice(0, 20000));
  return found ? hide(found[1].trim(), 200) : null;
}

function textOf(page) {
  const bare = page.slice(0, 20000).replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ');
  return bare.replace(/\s+/g, ' ').trim();
}
