// Makes one small report of the call, to be pasted into Reconnect. The API key stays in n8n's credential; this node
// gets the answer only. `ASKED` above says what was asked.
function reportOf(json, started) {
  const report = {
    reconnect_self_test: 1,
    ok: false,
    status: null,
    error_type: null,
    message: null,
    request_id: null,
    retry_after: null,
    ...ASKED,
    latency_ms: started ? Math.max(0, Date.now() - started) : null,
    tested_at: new Date().toISOString(),
  };
  if (json.statusCode === undefined) {
    return { ...report, ...readFault(json.error === undefined ? json : json.error) };
  }
  const body = bodyOf(json);
  const error = isObject(body) && isObject(body.error) ? body.error : {};
  const by = whoAnswered(body);
  report.status = json.statusCode;
  report.answered_by = by;
  report.error_type = hide(error.type, 100);
  report.error_code = isObject(error.details) ? hide(error.details.error_code, 100) : null;
  report.message = hide(error.message, 600);
  report.request_id = (isObject(body) && hide(body.request_id, 60)) || header(json.headers, 'request-id');
  report.retry_after = header(json.headers, 'retry-after');
  report.organization_id = header(json.headers, 'anthropic-organization-id');
  report.stop_reason = isObject(body) ? hide(body.stop_reason, 40) : null;
  report.ok = json.statusCode === 200 && by === 'anthropic' && body.type === 'message' && body.content.length > 0
    && report.stop_reason !== 'refusal' && report.stop_reason !== 'max_tokens';
  if (by === 'empty') {
    report.message = 'The answer is empty.';
  } else if (typeof body === 'string') {
    report.page_title = titleOf(body);
    report.message = hide(by === 'html' ? textOf(body) : body, 300);
    report.body = hide(body, 600);
  } else if (by === 'other_json' && !report.message) {
    report.body = hide(body, 600);
  }
  return report;
}

// The network as seen from this n8n: a request without any key. Anthropic answers it with 401, which is the good sign.
function networkOf(json) {
  if (json.statusCode === undefined) {
    return { reached: false, ...readFault(json.error === undefined ? json : json.error) };
  }
  const body = bodyOf(json);
  const by = whoAnswered(body);
  return {
    reached: by === 'anthropic',
    status: json.statusCode,
    answered_by: by,
    page_title: typeof body === 'string' ? titleOf(body) : null,
    server: header(json.headers, 'server'),
    via: header(json.headers, 'via'),
    cf_ray: header(json.headers, 'cf-ray'),
  };
}

function isWorthSaying(value) {
  return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
}

function short(report) {
  return Object.fromEntries(Object.entries(report).filter(([, value]) => isWorthSaying(value)));
}

const started = Number($('Start the clock').first().json.started) || null;
const report = reportOf($input.first().json, started);
const network = networkOf($('Reach Anthropic without a key').first().json);
return [{ json: { ...short(report), network: short(network) } }];
