/**
 * Breaks the core in every known way, looks how each is caught and which refusals it lets through, and writes
 * `spec/models/CODE-MUTANTS.md`. From the root of the repository:
 *
 *     npx tsc -p test/spec && node build/test/spec/mutants/report.js
 */
import { writeFileSync } from 'node:fs';
import { compileCore } from './compile.ts';
import { letsThrough, modelsOfRefusals, refusalsIn } from './guards.ts';
import { mutants } from './index.ts';
import { mutantRow, refusalRow, reportPath } from './table.ts';
import { verdictOn } from './verdict.ts';

/** What became of one broken core. */
interface Finding {
  readonly name: string;
  readonly row: string;
  readonly isAsExpected: boolean;
  /** Names of the refusals past which it lets a command. */
  readonly takesOut: ReadonlySet<string>;
}

async function examine(): Promise<Finding[]> {
  const compiled = compileCore();
  const refusals = [...new Set(modelsOfRefusals().values())].flatMap(refusalsIn);
  const findings: Finding[] = [];
  for (const mutant of mutants) {
    const broken = await compiled.load(mutant);
    const caughtBy = verdictOn(broken, mutant.model) ?? 'survives';
    process.stdout.write(`${mutant.model}: ${mutant.name}: ${caughtBy}\n`);
    findings.push({
      name: mutant.name,
      row: mutantRow({ ...mutant, caughtBy }),
      isAsExpected: caughtBy === mutant.caughtBy,
      takesOut: new Set(refusals.filter((each) => letsThrough(broken, each)).map(({ name }) => name)),
    });
  }
  compiled.dispose();
  return findings;
}

/** For each refusal the broken core that takes it out and the fewest others with it. */
function refusalRows(findings: readonly Finding[]): string[] {
  const bySize = findings.toSorted((a, b) => a.takesOut.size - b.takesOut.size);
  return [...modelsOfRefusals().keys()].toSorted().map((refusal) => {
    const narrowest = bySize.find(({ takesOut }) => takesOut.has(refusal));
    return refusalRow(refusal, narrowest?.name ?? 'none');
  });
}

function pageOf(findings: readonly Finding[], missed: number): string {
  return `# Broken cores

${findings.length} deliberately broken cores, each one place of \`src/core\` replaced, explored in a model and compared with TLC's graph of it.
${findings.length - missed} were caught as expected, ${missed} were not (${new Date().toISOString().slice(0, 10)}). Written by \`test/spec/mutants/report.ts\`;
the replacements are in \`test/spec/mutants\`.

\`graph\`: all invariants hold, only the labelled graph is another. \`actions\`: it cannot decide or evolve any more.
\`canonical\`: two states with one text can do different things. Everything else is the invariant that is violated first.

| what is broken | place | model | caught by |
| --- | --- | --- | --- |
${findings.map(({ row }) => row).join('\n')}

## Each refusal of each command

Every refusal that some model contains, and a broken core that lets the command through: accepts it, or refuses it for a reason that comes later. Common guards (who speaks, which scope) are one place
in the source, so one broken core takes them out for every command. \`none\`: the next guard refuses with the same code,
so no single change lets the command through.

| command | refusal | let through when |
| --- | --- | --- |
${refusalRows(findings).join('\n')}
`;
}

async function main(): Promise<void> {
  const findings = await examine();
  const missed = findings.filter(({ isAsExpected }) => !isAsExpected).length;
  writeFileSync(reportPath, pageOf(findings, missed));
  if (missed > 0) process.exitCode = 1;
}

await main();
