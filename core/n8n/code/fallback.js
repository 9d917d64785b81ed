// Decides for each answer what comes next: 0 = an answer, 1 = wait and ask again, 2 = ask the second way, 3 = give up.
// It ends for certain: `LIMITS.rounds` rounds at most, counted by n8n itself ($runIndex), then the second way, once.
const BUSY = [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529];

function secondsToWait(json, round) {
  const told = header(json.headers, 'retry-after');
  const seconds = told === null ? NaN : Number(told);
  if (Number.isFinite(seconds) && seconds >= 0) return Math.ceil(seconds);
  const until = told === null ? NaN : Date.parse(told);
  if (Number.isFinite(until)) return Math.max(0, Math.ceil((until - Date.now()) / 1000));
  return 2 ** round; // 1, 2, 4, ... seconds where nobody says how long
}

function isAnswer(json) {
  const body = bodyOf(json);
  return json.statusCode === 200 && isObject(body) && Array.isArray(body.content);
}

function failureOf(json) {
  const body = bodyOf(json);
  const error = isObject(body) && isObject(body.error) ? body.error : {};
  const fault = json.statusCode === undefined ? readFault(json.error === undefined ? json : json.error) : {};
  return {
    status: json.statusCode === undefined ? null : json.statusCode,
    error_type: hide(error.type, 100),
    message: hide(error.message, 600) || fault.message || 'The answer is not Anthropic’s.',
    code: fault.code || null,
    request_id: (isObject(body) && hide(body.request_id, 60)) || header(json.headers, 'request-id'),
  };
}

function whatNext(json, round) {
  if (isAnswer(json)) return { route: 0 };
  const unreachable = json.statusCode === undefined;
  if (!unreachable && !BUSY.includes(json.statusCode)) return { route: 3 };
  const wait = secondsToWait(json, round);
  const hopeless = header(json.headers, 'x-should-retry') === 'false';
  const again = round + 1 < LIMITS.rounds && wait <= LIMITS.longest_wait_s && !hopeless;
  return again ? { route: 1, wait_s: wait } : { route: LIMITS.is_last ? 3 : 2 };
}

const round = LIMITS.is_last ? LIMITS.rounds : $runIndex;
const asked = $(LIMITS.asked_by).all(0, $runIndex);
const out = $input.all().map((item, index) => {
  const next = whatNext(item.json, round);
  const original = (asked[index] || asked[0]).json;
  const body = bodyOf(item.json);
  if (next.route === 0) {
    const text = body.content.filter((part) => part.type === 'text').map((part) => part.text).join('');
    return { json: { ...next, text, model: body.model, stop_reason: body.stop_reason, rounds: $runIndex + 1, answered_by: LIMITS.name }, pairedItem: index };
  }
  return { json: { ...original, ...next, failure: failureOf(item.json) }, pairedItem: index };
});
// The Wait node waits once for all its items, as long as the first one says.
const longest = Math.max(0, ...out.map((item) => item.json.wait_s || 0));
for (const item of out) if (item.json.route === 1) item.json.wait_s = longest;
return out;
