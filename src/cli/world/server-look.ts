/** What a server says of itself, each answer by itself: one that is not there must not hide the others. */
import type { ServerAbout, ServerLook } from '../doctor/server-facts.ts';
import { sentElsewhere } from '../../client/index.ts';
import { factOf } from '../doctor/finding.ts';

const patienceMs = 10_000;

export async function lookAtServer(server: string, token: string | null): Promise<ServerLook> {
  const alive = await factOf(() => ask(server, '/healthz', null));
  if (!alive.known) return { alive, ready: null, about: null };
  return {
    alive,
    ready: await factOf(() => ask(server, '/readyz', null)),
    about: token === null ? null : await factOf(() => aboutOf(server, token)),
  };
}

async function aboutOf(server: string, token: string): Promise<ServerAbout> {
  const askedAtMs = Date.now();
  const { status, body } = await ask(server, '/api/v1/about', token);
  // On the way there and back the same, for all that is known.
  const nowMs = (askedAtMs + Date.now()) / 2;
  if (status !== 200) throw Object.assign(new Error(detailOf(body, status)), { code: codeOf(body) });
  const about = body as Omit<ServerAbout, 'aheadMs'> & { readonly nowMs: number };
  return { ...about, aheadMs: Math.round(about.nowMs - nowMs) };
}

interface Said {
  readonly status: number;
  readonly body: unknown;
}

async function ask(server: string, path: string, token: string | null): Promise<Said> {
  const response = await reached(`${server}${path}`, token);
  const { status } = response;
  if (status >= 300 && status < 400)
    throw Object.assign(new Error(sentElsewhere(server, response).message), { code: 'SENT_ELSEWHERE' });
  return { status, body: await response.json().catch(() => null) };
}

async function reached(url: string, token: string | null): Promise<Response> {
  try {
    return await fetch(url, {
      ...(token === null ? {} : { headers: { Authorization: `Bearer ${token}` } }),
      redirect: 'manual',
      signal: AbortSignal.timeout(patienceMs),
    });
  } catch (error) {
    const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
    const code = cause?.code ?? (error as Error).name;
    throw Object.assign(new Error(cause?.message ?? (error as Error).message), { code });
  }
}

function detailOf(body: unknown, status: number): string {
  const detail = (body as { detail?: unknown } | null)?.detail;
  return typeof detail === 'string' ? detail : `it answers with HTTP ${status}`;
}

const codeOf = (body: unknown): unknown => (body as { code?: unknown } | null)?.code ?? 'NOT_SERVED';
