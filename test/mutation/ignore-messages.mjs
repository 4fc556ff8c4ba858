/**
 * Tells Stryker which texts are for people only: messages of refusals, assertions and errors, and the evidence of
 * violations. That they are there and useful is for readers to judge; tests that repeat them would only be in the way.
 */
const messagePlaces = new Map([
  ['reject', 1],
  ['must', 1],
  ['inUse', 0],
  ['report', 1],
  ['violation', 1],
  ['SnapshotError', 0],
]);

const messageProperties = new Set(['problem', 'evidence']);
const messageFunctions = new Set(['transitionAdvice']);
/** What is put together before it goes into a message. */
const messageParts = new Set(['ago', 'hint', 'now', 'purpose', 'secondsLeft', 'told', 'what', 'why']);

const reason = 'a message for people';

function shouldIgnore({ node, parent, key, listKey }) {
  if (node.type === 'CallExpression' && node.callee.name === 'assert') return 'an assertion';
  if (listKey === 'arguments' && messagePlaces.get(parent.callee?.name) === key) return reason;
  if (parent?.type === 'ObjectProperty' && key === 'value' && messageProperties.has(parent.key.name))
    return reason;
  if (node.type === 'VariableDeclarator' && messageParts.has(node.id.name)) return reason;
  if (node.type === 'FunctionDeclaration' && messageFunctions.has(node.id?.name)) return reason;
  return undefined;
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'messages', value: { shouldIgnore } }];
