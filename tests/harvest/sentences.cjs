// Prints every error sentence of the JavaScript files named on standard input, one JSON line a file.
//
// Input: {"parser": folder with acorn and acorn-walk, "files": [...]}. Output: {"file", "sentences": [...]}.
// An interpolation is written {}. What counts: what is passed to an error's constructor or to super() in an error's
// class, a thrown or rejected text, what is assigned to an error's message or description, those fields in an object
// beside an error, and tables from a status or a system code to a message.
'use strict';

const fs = require('fs');
const { createRequire } = require('module');

const input = JSON.parse(fs.readFileSync(0, 'utf8'));
const fromParser = createRequire(input.parser + '/');
const acorn = fromParser('acorn');
const walk = fromParser('acorn-walk');

const HOLE = '{}';
const MOST = 12;
const ERROR_CLASS = /(?:Error|Exception|Fault)(?:\$?\d+)?$/;
const ERROR_MAKER = /^(?:(?:create|make|build|get|wrap|throw|to|raise|new)\w*(?:Error|Exception)\w*|assert|ok|invariant|addIssue)$/;
const ERROR_NAME = /^(?:e|er|err|\w*[eE]rror|\w*[eE]xception|this|apiError)$/;
const FIELDS = new Set(['message', 'description', 'errorMessage', 'error', 'detail', 'reason', 'hint', 'errorDescription']);
const ALWAYS = new Set(['errorMessage', 'errorDescription']);
const CODE = /^(?:[1-5]\d\d|E[A-Z_]{4,}|[A-Z]+_[A-Z_]+|default)$/;
const CONSTANT = /^[A-Z][A-Z0-9_]+$/;

const parsed = [];
for (const file of input.files) {
  const source = fs.readFileSync(file, 'utf8');
  let tree = null;
  for (const sourceType of ['module', 'script']) {
    try {
      tree = acorn.parse(source, { ecmaVersion: 'latest', sourceType, allowHashBang: true, allowReturnOutsideFunction: true });
      break;
    } catch (error) {
      if (sourceType === 'script') process.stderr.write(`${file}: ${error.message}\n`);
    }
  }
  if (tree) parsed.push([file, tree]);
}

const named = (node) => {
  if (!node) return '';
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'ThisExpression') return 'this';
  if (node.type === 'MemberExpression') return node.computed ? '' : node.property.name ?? '';
  if (node.type === 'SequenceExpression') return named(node.expressions.at(-1));
  if (node.type === 'ChainExpression') return named(node.expression);
  return '';
};
const keyOf = (property) => (property.computed ? '' : String(property.key?.name ?? property.key?.value ?? ''));

// Constants are exported from one module and used in another: those with one text are known by their name.
const constants = new Map();
function collectConstant(name, init) {
  if (!CONSTANT.test(name) || !init) return;
  const [text] = textsOf(init, new Map(), 1);
  if (text !== undefined) constants.set(name, constants.has(name) && constants.get(name) !== text ? null : text);
}
for (const [, tree] of parsed) {
  walk.simple(tree, {
    VariableDeclarator: (node) => node.id.type === 'Identifier' && collectConstant(node.id.name, node.init),
    AssignmentExpression: (node) => collectConstant(named(node.left), node.right),
    Property: (node) => collectConstant(keyOf(node), node.value),
  });
}

// The texts that an expression can be; none where it is nothing but a value that is not known here.
function textsOf(node, variables, depth = 0) {
  if (!node || depth > 6) return [];
  const inner = (part) => textsOf(part, variables, depth + 1);
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'string' ? [node.value] : [];
    case 'TemplateLiteral': {
      let texts = [''];
      node.quasis.forEach((quasi, index) => {
        texts = texts.map((text) => text + (quasi.value.cooked ?? ''));
        if (index < node.expressions.length) texts = joined(texts, partsOf(node.expressions[index], variables, depth));
      });
      return texts;
    }
    case 'BinaryExpression':
      return node.operator === '+' && (holdsText(node, variables, depth))
        ? joined(partsOf(node.left, variables, depth), partsOf(node.right, variables, depth))
        : [];
    case 'ConditionalExpression':
      return [...inner(node.consequent), ...inner(node.alternate)];
    case 'LogicalExpression':
      return [...inner(node.left), ...inner(node.right)];
    case 'AwaitExpression':
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return inner(node.argument ?? node.expression);
    case 'AssignmentExpression':
      return inner(node.right);
    case 'Identifier':
      if (variables.has(node.name)) return variables.get(node.name).flatMap((value) => inner(value)).slice(0, MOST);
      return constants.get(node.name) ? [constants.get(node.name)] : [];
    case 'MemberExpression': {
      const constant = constants.get(named(node));
      return constant ? [constant] : [];
    }
    case 'CallExpression': {
      const called = named(node.callee);
      const subject = node.callee.type === 'MemberExpression' ? node.callee.object : null;
      if (called === 'join' && subject?.type === 'ArrayExpression') {
        const glue = node.arguments[0]?.value ?? ',';
        return subject.elements.map((part) => partsOf(part, variables, depth))
          .reduce((all, parts) => (all.length ? joined(all.map((text) => text + glue), parts) : parts), []);
      }
      if (called === 'dedent' || ['trim', 'replace', 'concat', 'trimEnd'].includes(called)) return inner(subject ?? node.arguments[0]);
      if (['t', 'baseText'].includes(called)) return [];
      return [];
    }
    case 'TaggedTemplateExpression':
      return inner(node.quasi);
    default:
      return [];
  }
}
// What stands in the middle of a text: only what is certainly this text, else a hole.
function partsOf(node, variables, depth) {
  if (node?.type === 'Literal') return [String(node.value)];
  const known = node?.type === 'Identifier' && variables.has(node.name) ? variables.get(node.name) : [node];
  const certain = ['TemplateLiteral', 'BinaryExpression', 'Literal', 'MemberExpression', 'Identifier', 'TaggedTemplateExpression'];
  if (known.length !== 1 || !certain.includes(known[0]?.type)) return [HOLE];
  const texts = textsOf(known[0], variables, depth + 1);
  return texts.length === 1 ? texts : [HOLE];
}
function joined(left, right) {
  return left.flatMap((one) => right.map((other) => one + other)).slice(0, MOST);
}
function holdsText(node, variables, depth) {
  if (node.type !== 'BinaryExpression') return textsOf(node, variables, depth + 1).length > 0;
  return holdsText(node.left, variables, depth) || holdsText(node.right, variables, depth);
}

function sentencesOf(tree) {
  const sentences = new Set();
  const scopes = new Map();
  // Every value that a name is given in a function, so that `let message = '...'; throw new Error(message)` is found.
  const variablesAt = (ancestors) => {
    const scope = [...ancestors].reverse().find((node) => /Function/.test(node.type)) ?? tree;
    if (!scopes.has(scope)) {
      const variables = new Map();
      const put = (name, value) => value && variables.set(name, [...(variables.get(name) ?? []), value]);
      walk.simple(scope, {
        VariableDeclarator: (node) => node.id.type === 'Identifier' && put(node.id.name, node.init),
        AssignmentExpression: (node) => node.left.type === 'Identifier' && ['=', '+='].includes(node.operator) && put(node.left.name, node.right),
      });
      scopes.set(scope, variables);
    }
    return scopes.get(scope);
  };
  const add = (node, ancestors) => textsOf(node, variablesAt(ancestors)).forEach((text) => sentences.add(text));
  const addFields = (node, ancestors, fields) => {
    for (const property of node.properties ?? []) {
      if (property.type !== 'Property') continue;
      if (fields.has(keyOf(property))) add(property.value, ancestors);
      if (property.value.type === 'ObjectExpression') addFields(property.value, ancestors, fields);
    }
  };
  const addArguments = (values, ancestors) => {
    for (const value of values) {
      if (value.type === 'ObjectExpression') addFields(value, ancestors, FIELDS);
      else add(value, ancestors);
    }
  };
  const inErrorClass = (ancestors) => {
    const owner = [...ancestors].reverse().find((node) => /^Class[DE]/.test(node.type));
    return owner?.superClass && (ERROR_CLASS.test(named(owner.superClass)) || ERROR_CLASS.test(owner.id?.name ?? ''));
  };
  walk.ancestor(tree, {
    NewExpression(node, _, ancestors) {
      if (ERROR_CLASS.test(named(node.callee))) addArguments(node.arguments, ancestors);
    },
    CallExpression(node, _, ancestors) {
      const name = named(node.callee);
      if (node.callee.type === 'Super' ? inErrorClass(ancestors) : ERROR_MAKER.test(name) || ERROR_CLASS.test(name) || name === 'reject') {
        addArguments(node.arguments, ancestors);
      }
    },
    ThrowStatement: (node, _, ancestors) => add(node.argument, ancestors),
    AssignmentExpression(node, _, ancestors) {
      const { left } = node;
      if (left.type !== 'MemberExpression' || !['message', 'description'].includes(named(left))) return;
      if (ERROR_NAME.test(named(left.object))) add(node.right, ancestors);
    },
    PropertyDefinition(node, _, ancestors) {
      if (['message', 'description'].includes(keyOf(node)) && inErrorClass(ancestors)) add(node.value, ancestors);
    },
    AssignmentPattern(node, _, ancestors) {
      if (['message', 'description'].includes(named(node.left)) && inErrorClass(ancestors)) add(node.right, ancestors);
    },
    ObjectExpression(node, _, ancestors) {
      addFields(node, ancestors, ALWAYS);
      const properties = node.properties.filter((property) => property.type === 'Property');
      const status = properties.find((property) => keyOf(property) === 'status');
      if (['Error', 'error'].includes(status?.value?.value)) addFields(node, ancestors, FIELDS);
      const table = properties.length > 2 && properties.every((property) => CODE.test(keyOf(property)));
      if (table) properties.forEach((property) => add(property.value, ancestors));
    },
    ReturnStatement(node, _, ancestors) {
      if (node.argument?.type === 'ObjectExpression') addFields(node.argument, ancestors, new Set(['error']));
    },
  });
  return [...sentences];
}

for (const [file, tree] of parsed) {
  process.stdout.write(JSON.stringify({ file, sentences: sentencesOf(tree) }) + '\n');
}
