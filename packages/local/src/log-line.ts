/** A line that a function logged. */
export interface LogLine {
  readonly level: string;
  readonly service: string;
  readonly message: string;
  /** What it is about: run, date, lote, counts. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** @param line JSON of Powertools' logger; anything else, such as a warning of Node's, is passed on as it is */
export function parseLogLine(service: string, line: string): LogLine {
  try {
    const { level, message, ...fields } = JSON.parse(line);
    return { level: String(level), service, message: String(message), fields };
  } catch {
    return { level: "INFO", service, message: line, fields: {} };
  }
}
