import Table from 'cli-table3';
import type { Benchmark } from './benchmark.ts';
import { isMet, type Figure, type Unit } from './figures.ts';
import type { Machine } from './machine.ts';

export interface Results {
  readonly machine: Machine;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly benchmark: Pick<Benchmark, 'name' | 'title' | 'method'>;
  readonly figures: readonly Figure[];
}

const headings = ['', 'measured', 'target', ''];

/** For a terminal. */
export function textTable({ benchmark, figures }: Section): string {
  const table = new Table({ head: headings, style: { head: [], border: [] } });
  table.push(...figures.map(cells));
  return `${benchmark.title}\n${table.toString()}`;
}

/** For the documentation, where each section says when and on what it was measured: they need not be of one run. */
export function markdown({ benchmark, figures }: Section, machine: Machine, day: string): string {
  const { title, method } = benchmark;
  const table = markdownTable(headings, figures.map(cells));
  return [`### ${title}`, method, `Measured on ${day} on ${onWhat(machine)}.`, table].join('\n\n');
}

/** For programs: the figures as they were measured, each with whether its target is met (null: it has none). */
export function jsonText({ machine, sections }: Results): string {
  const told = sections.map(({ benchmark, figures }) => ({
    name: benchmark.name,
    figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })),
  }));
  return JSON.stringify({ machine, benchmarks: told });
}

/** For a terminal. */
export function machineText(machine: Machine): string {
  return machineLines(machine)
    .map((line) => line.join(': '))
    .join('\n');
}

function machineLines(machine: Machine): [name: string, value: string][] {
  const { p50Ms, p99Ms } = machine.disk;
  return [
    ['processor', `${machine.cpu}, ${machine.cores} cores`],
    ['load before the run', machine.load.toFixed(1)],
    ['system', machine.system],
    ['Node', machine.node],
    ['SQLite', machine.sqlite],
    ['disk, append of 400 bytes and fdatasync', `p50 ${shown(p50Ms, 'ms')}, p99 ${shown(p99Ms, 'ms')}`],
  ];
}

function onWhat({ cpu, cores, load, system, node, sqlite, disk }: Machine): string {
  const syncs = `an append of 400 bytes and its fdatasync took ${shown(disk.p50Ms, 'ms')} at p50, ${shown(disk.p99Ms, 'ms')} at p99`;
  return `${cores} cores of ${cpu} at a load of ${load.toFixed(1)}, ${system}, Node ${node}, ${sqlite}; ${syncs}`;
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cells(figure: Figure): string[] {
  const { name, value, unit, target } = figure;
  const asked = target === null ? '' : `${target.kind === 'atMost' ? '≤' : '≥'} ${shown(target.value, unit)}`;
  return [name, shown(value, unit), asked, verdict(figure)];
}

function verdict(figure: Figure): string {
  const met = isMet(figure);
  if (met === null) return '';
  return met ? 'met' : 'missed';
}

function shown(value: number, unit: Unit): string {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  const number = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return unit === '/s' ? `${number}/s` : `${number} ${unit}`;
}
