// Holds nodes to a package's node descriptions with n8n's own code (n8n-workflow's NodeHelpers), one JSON line in, one
// out: {"node": {...}, "descriptions": "<path of nodes.json>"} → {"issues": [...]}.
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { NodeHelpers } = require(path.join(process.argv[2], 'node_modules', 'n8n-workflow'));

const known = new Map();
function load(file) {
  if (!known.has(file)) known.set(file, JSON.parse(fs.readFileSync(file, 'utf8')));
  return known.get(file);
}

function describe(file, node) {
  const name = node.type.replace('n8n-nodes-base.', '');
  return load(file).find((one) => {
    const versions = Array.isArray(one.version) ? one.version : [one.version];
    return one.name.replace('n8n-nodes-base.', '') === name && versions.includes(node.typeVersion);
  });
}

// What the editor keeps of a pasted node: parameters that the description does not know, or does not show, are dropped.
function judge({ node, descriptions }) {
  const description = describe(descriptions, node);
  if (!description) return [`no ${node.type} of typeVersion ${node.typeVersion}`];
  const issues = [];
  const kept = NodeHelpers.getNodeParameters(description.properties, node.parameters, true, false, node, description);
  const sorted = (value) => JSON.stringify(value, (_, v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort()) : v));
  for (const [name, value] of Object.entries(node.parameters)) {
    if (sorted(kept[name]) !== sorted(value)) issues.push(`${name}: ${sorted(value)} becomes ${sorted(kept[name])}`);
  }
  const found = NodeHelpers.getNodeParametersIssues(description.properties, { ...node, parameters: kept }, description);
  for (const [name, texts] of Object.entries((found && found.parameters) || {})) issues.push(`${name}: ${texts}`);
  return issues;
}

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  let issues;
  try {
    issues = judge(JSON.parse(line));
  } catch (error) {
    issues = [String(error.stack)];
  }
  process.stdout.write(JSON.stringify({ issues }) + '\n');
});
