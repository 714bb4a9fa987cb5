// Docker and others kill a process ten seconds after they have asked it to end.
export const STOP_GRACE_MS = 8_000;

/** @param rest what becomes of that which does not end in time */
export function stoppingLine(rest: string): string {
  return `Stopping: what runs has ${STOP_GRACE_MS / 1000} s to come to its end; ${rest}. Ctrl-C again ends at once.`;
}
