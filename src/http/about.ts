import type { Context } from 'hono';
import type { HttpEnv, HttpPorts } from './ports.ts';

/** GET /about: by which program, from which commit and at which time it is served, and whom the token lets in until when. */
export async function about(c: Context<HttpEnv>, ports: HttpPorts): Promise<Response> {
  const { name, role, agents, expiresAtMs = null } = c.get('principal');
  return c.json({
    version: ports.version,
    api: 'v1',
    nowMs: ports.time.wallMs(),
    commit: await ports.commit(),
    roots: await ports.roots(),
    token: { name, role, agents, expiresAtMs },
  });
}
