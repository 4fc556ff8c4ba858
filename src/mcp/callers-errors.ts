import type { JSONRPCMessage } from '@modelcontextprotocol/server';
import { issueText, pathText, valueAt, type Issue } from '../protocol/index.ts';

const invalidParams = -32_602;
const internalError = -32_603;

/**
 * The SDK says of some parameters that do not fit its schemas that the server is broken, with the schema library's own
 * list of what it found. They are the caller's error, and it is told which parameter and why.
 */
export function withCallersErrors(message: JSONRPCMessage, params: unknown): JSONRPCMessage {
  if (!('error' in message)) return message;
  const { code, message: text } = message.error;
  if (code !== internalError && code !== invalidParams) return message;
  const [, start = '', list = ''] = /^([^[]*)(\[[\s\S]*\])\s*$/.exec(text) ?? [];
  const issues = issuesIn(list);
  if (issues === null) return message;
  const told = issues.map(
    (issue) => `${pathText(issue.path)}: ${issueText(issue, valueAt({ params }, issue.path))}`,
  );
  return { ...message, error: { code: invalidParams, message: `${start}${told.join('; ')}` } };
}

function issuesIn(text: string): readonly Issue[] | null {
  try {
    const issues: unknown = JSON.parse(text);
    return Array.isArray(issues) && issues.length > 0 && issues.every(isIssue) ? issues : null;
  } catch {
    return null;
  }
}

function isIssue(value: unknown): value is Issue {
  if (typeof value !== 'object' || value === null || !('path' in value) || !('message' in value))
    return false;
  return Array.isArray(value.path) && value.path[0] === 'params';
}
