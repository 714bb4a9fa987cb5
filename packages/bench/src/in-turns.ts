/**
 * Measures in turns: what else goes on in the machine for a while is in the numbers of all.
 * @param once measures one of them once
 * @param times how often, given the first measurement; that one only has the files read into the machine's cache, and does not count
 */
export async function inTurns<Subject, Measurement>(
  subjects: readonly Subject[],
  once: (subject: Subject) => Promise<Measurement>,
  times: (first: Measurement) => number,
): Promise<Map<Subject, Measurement[]>> {
  const races: { subject: Subject; turns: number; measured: Measurement[] }[] = [];
  for (const subject of subjects) races.push({ subject, turns: times(await once(subject)), measured: [] });
  const most = Math.max(...races.map(({ turns }) => turns));
  for (let turn = 0; turn < most; turn++) {
    for (const { subject, turns, measured } of races) if (turn < turns) measured.push(await once(subject));
  }
  return new Map(races.map(({ subject, measured }) => [subject, measured]));
}
