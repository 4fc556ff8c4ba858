import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { servedRoutes } from '../../src/http/index.ts';
import { allSeries, type Series } from '../../src/metrics/series.ts';
import { ruleNames } from '../../src/safety/index.ts';
import { packageRoot } from '../withstand/support/paths.ts';

const text = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
const rules = 'contrib/prometheus/rhema.rules.yaml';
const ruleTests = 'contrib/prometheus/rhema.rules.test.yaml';

interface Alert {
  readonly alert: string;
  readonly expr: string;
}

const alerts = (parse(text(rules)) as { groups: { rules: Alert[] }[] }).groups.flatMap(
  (group) => group.rules,
);

/** Series by all names under which Prometheus keeps them. */
const known = new Map<string, Series>(
  Object.values(allSeries({ rules: ruleNames, routes: servedRoutes, version: '0' })).flatMap((series) =>
    series.type === 'histogram'
      ? ['_bucket', '_sum', '_count'].map((end): [string, Series] => [series.name + end, series])
      : [[series.name, series] as [string, Series]],
  ),
);
/** Labels that Prometheus puts there itself. */
const ofPrometheus = new Set(['instance', 'job', 'le']);

interface Panel {
  readonly id: number;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly refId: string }[];
}

/** What a query asks for that no series has. */
function unknownIn(query: string): string[] {
  return [...query.matchAll(/\b((?:rhema|process)_[a-z_]+)(?:\{([^}]*)\})?/g)].flatMap(
    ([, name = '', matchers = '']) => {
      const series = known.get(name);
      if (series === undefined) return [name];
      return [...matchers.matchAll(/([a-z_]+)\s*(=~|=)\s*"([^"]*)"/g)].flatMap(
        ([, label = '', sign, value = '']) => {
          if (ofPrometheus.has(label)) return [];
          const values = series.labels[label];
          return values !== undefined && (sign === '=~' || values.includes(value))
            ? []
            : [`${name}: ${label}=${value}`];
        },
      );
    },
  );
}

/** By which labels a query groups. */
const groupedBy = (query: string): string[] =>
  [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/,\s*/));

describe('what Prometheus and Grafana are given', () => {
  it('every alert asks for series that there are, and docs/operations.md says what to do', () => {
    expect(alerts.length).toBeGreaterThan(10);
    expect(alerts.flatMap(({ expr }) => unknownIn(expr))).toEqual([]);
    const table = text('docs/operations.md');
    for (const { alert } of alerts) expect(table).toContain(`| \`${alert}\``);
    const tested = text(ruleTests);
    for (const { alert } of alerts) expect(tested.split(`alertname: ${alert}\n`).length).toBe(3);
  });

  it('every panel of the dashboard asks for series that there are, by labels that they have', () => {
    const { panels } = JSON.parse(text('contrib/grafana/rhema.dashboard.json')) as {
      panels: { title: string; type: string; gridPos: object; targets: { expr: string }[] }[];
    };
    expect(panels.length).toBeGreaterThan(10);
    const labels = new Set([...known.values()].flatMap((series) => Object.keys(series.labels)));
    for (const { targets } of panels)
      for (const { expr } of targets) {
        expect(expr).toMatch(/rhema_/);
        expect(unknownIn(expr)).toEqual([]);
        for (const label of groupedBy(expr)) expect(labels.has(label) || ofPrometheus.has(label)).toBe(true);
      }
  });

  it('the dashboard has each panel, and each query of it, once, and no two in one place', () => {
    const { panels } = JSON.parse(text('contrib/grafana/rhema.dashboard.json')) as { panels: Panel[] };
    const places = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => [x + (at % w), y + Math.floor(at / w)] as const),
    );
    expect(places.filter(([column]) => column < 0 || column >= 24)).toEqual([]);
    expect(new Set(places.map(String)).size).toBe(places.length);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { targets } of panels)
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
  });

  it('a query for what there is not is found', () => {
    expect(unknownIn('rate(rhema_nothing_total[5m])')).toEqual(['rhema_nothing_total']);
    expect(unknownIn('rhema_syncs{status="broken"}')).toEqual(['rhema_syncs: status=broken']);
  });
});

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

it.runIf(has('systemd-analyze'))('systemd takes the units as they are', () => {
  const paths = ['rhema.service', 'rhema.socket'].map((name) => join(packageRoot, 'contrib/systemd', name));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...paths], { encoding: 'utf8' });
  expect([status, stderr.split('\n').filter((line) => /rhema\.(service|socket)/.test(line))]).toEqual([
    0,
    [],
  ]);
});

it('the socket unit names one socket, of this machine alone', () => {
  const unit = readFileSync(join(packageRoot, 'contrib/systemd/rhema.socket'), 'utf8');
  expect(unit.match(/^Listen.*$/gm)).toEqual(['ListenStream=127.0.0.1:7421']);
});

it('the image is made of the package that npm pack puts beside the Dockerfile, never of one that a registry has', () => {
  const dockerfile = text('contrib/docker/Dockerfile');
  const { name, version } = JSON.parse(text('package.json')) as { name: string; version: string };
  const [, copied = '', into = ''] = /^COPY (\S+) (\S+)$/m.exec(dockerfile) ?? [];
  expect(copied.replace('*', version)).toBe(`${name}-${version}.tgz`);
  expect(dockerfile.match(/npm install .*(?= \\)/g)).toEqual([
    `npm install --global --offline --omit=optional ${into}${copied}`,
  ]);
  expect(text('docs/operations.md')).toContain(
    'npm pack --pack-destination contrib/docker\ndocker build -t rhema contrib/docker\n',
  );
});

interface Manifest {
  readonly kind: string;
  readonly spec: {
    readonly replicas?: number;
    readonly strategy?: { readonly type: string };
    readonly template?: { readonly spec: { readonly containers: readonly Container[] } };
  };
}
interface Container {
  readonly args: readonly string[];
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}
interface Probe {
  readonly httpGet: {
    readonly path: string;
    readonly httpHeaders: readonly { name: string; value: string }[];
  };
}

it('Kubernetes keeps one pod at most, and asks for its health by a name that is let in', () => {
  const documents = parseAllDocuments(text('contrib/kubernetes/coordinator.yaml')).map(
    (one) => one.toJS() as Manifest,
  );
  expect(documents.map(({ kind }) => kind)).toEqual([
    'PersistentVolumeClaim',
    'Deployment',
    'Service',
    'Pod',
  ]);
  const { spec } = documents[1]!;
  expect([spec.replicas, spec.strategy?.type]).toEqual([1, 'Recreate']);
  const { livenessProbe, readinessProbe, args } = spec.template!.spec.containers[0]!;
  expect([livenessProbe, readinessProbe].map(({ httpGet }) => httpGet.path)).toEqual(['/healthz', '/readyz']);
  for (const { httpGet } of [livenessProbe, readinessProbe])
    expect(httpGet.httpHeaders).toEqual([{ name: 'Host', value: 'localhost' }]);
  expect(args).toContain('--behind-proxy');
});
