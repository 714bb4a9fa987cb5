import { ELASTICMQ } from "./elasticmq.ts";
import { LOCAL_SERVICES } from "./local-services-server.ts";
import { MINIO } from "./minio.ts";
import { MOTO } from "./moto.ts";
import type { Server } from "./server.ts";

/** All that the pipeline is tried on. */
export const SERVERS: readonly Server[] = [LOCAL_SERVICES, MOTO, MINIO, ELASTICMQ];
