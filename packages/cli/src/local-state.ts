/** Where `lotes local` keeps everything, and says where it listens; relative to where the commands are run. */
export const LOCAL_DATA_DIR = ".lotes/local";
export const LOCAL_STATE_FILE = ".lotes/local.json";
export const LOCAL_LOG_FILE = ".lotes/local.log";

export interface LocalState {
  readonly url: string;
}
