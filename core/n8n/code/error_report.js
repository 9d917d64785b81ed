// Makes a report of a failed run from what the Error Trigger received. Only the facts named here leave n8n: no
// parameters, no prompt, no data of the run, no credential. The shape stays that of the Error Trigger.
function pick(source, names, longest) {
  const found = {};
  for (const name of names) {
    if (isObject(source) && source[name] !== undefined && source[name] !== null) found[name] = hide(source[name], longest);
  }
  return found;
}

function modelOf(parameters) {
  if (!isObject(parameters)) return null;
  const chosen = parameters.modelId || parameters.model;
  const id = isObject(chosen) ? chosen.value : chosen;
  const text = typeof id === 'string' && id !== '' ? id : String(parameters.jsonBody || '');
  const found = /claude-[a-z0-9.-]{1,60}/i.exec(text);
  return found ? found[0] : null;
}

// HTTP Request: `401 - "{\"type\":\"error\",...}"`, the JSON quoted as a string. Chat model: `401 {"type":"error",...}`.
function anthropicBody(error) {
  const data = isObject(error.context) ? error.context.data : null;
  if (isObject(data) && isObject(data.error)) return data;
  for (const message of Array.isArray(error.messages) ? error.messages : []) {
    const start = String(message).search(/["{]/);
    if (start < 0) continue;
    const text = String(message).slice(start).split('\n\nTroubleshooting URL')[0];
    const once = parse(text);
    const body = typeof once === 'string' ? parse(once) : once;
    if (isObject(body) && isObject(body.error)) return body;
  }
  return null;
}

function errorOf(error) {
  const kept = pick(error, ['name', 'message', 'description', 'httpCode'], 600);
  const messages = (Array.isArray(error.messages) ? error.messages : []).slice(0, 3);
  // The raw first message holds Anthropic's whole answer as text; kept only where the answer could not be read.
  const body = anthropicBody(error);
  if (body) {
    kept.context = { data: { type: 'error', error: pick(body.error, ['type', 'message'], 600), request_id: hide(body.request_id, 60) } };
    const status = /^\s*(\d{3})\b|status code (\d{3})\b/.exec(String(messages[0] || ''));
    if (status && !kept.httpCode) kept.httpCode = status[1] || status[2];
  } else {
    kept.messages = messages.map((message) => hide(message, 600));
  }
  if (isObject(error.node)) {
    const model = modelOf(error.node.parameters);
    kept.node = { ...pick(error.node, ['name', 'type'], 120), typeVersion: Number(error.node.typeVersion) || null };
    if (model) kept.node.parameters = { model };
  }
  return kept;
}

function reportOf(json) {
  const run = isObject(json.execution) ? json.execution : {};
  const trigger = isObject(json.trigger) ? json.trigger : {};
  const error = isObject(run.error) ? run.error : isObject(trigger.error) ? trigger.error : {};
  return {
    reconnect_error_report: 1,
    workflow: pick(json.workflow, ['id', 'name'], 120),
    execution: { ...pick(run, ['id', 'mode', 'lastNodeExecuted'], 120), error: errorOf(error) },
  };
}

// One line for people, for a chat.
function sentenceOf(report) {
  const error = report.execution.error;
  const told = error.description && error.description !== error.message ? ` (${error.description})` : '';
  const data = error.context ? error.context.data : {};
  const id = data.request_id ? ` Request id: ${data.request_id}.` : '';
  const where = report.execution.lastNodeExecuted || (error.node && error.node.name) || 'a node';
  return `n8n: “${report.workflow.name || 'a workflow'}” failed at “${where}”: ${error.message || 'no message'}${told}.${id}`;
}

return $input.all().map((item) => {
  const report = reportOf(item.json);
  return { json: { report, sentence: sentenceOf(report) } };
});
