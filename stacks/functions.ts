import {
  ASYNC_RETRY_DELAYS_SECONDS,
  COLLECTOR,
  COLLECTORS,
  CONSUMER,
  type FunctionLimits,
  type FunctionName,
  PROCESS_VARIABLES,
  PRODUCER,
} from "@lotes/core/topology";
import { componentName, functionName } from "./names.ts";
import { permissions } from "./permissions.ts";
import type { Queues } from "./queues.ts";
import type { DeploymentSettings } from "./settings.ts";

export interface FunctionsArgs {
  readonly dataLake: sst.aws.Bucket;
  readonly queues: Queues;
  readonly tmdbToken: sst.Secret;
  readonly settings: DeploymentSettings;
}

export type Functions = Record<FunctionName, sst.aws.Function>;

/** The three functions, each with what it uses. */
export function functions({ dataLake, queues, tmdbToken, settings }: FunctionsArgs): Functions {
  const { loteQueue, deadLetterQueue, producerFailures } = queues;
  const allowed = permissions(dataLake, queues, settings);
  const create = (service: FunctionName, limits: FunctionLimits, args: Omit<sst.aws.FunctionArgs, "handler">) =>
    lambda(service, limits, settings, { ...args, permissions: allowed[service] });
  return {
    producer: create("producer", PRODUCER, {
      description: "Selects the ids of an uploaded movies.csv and queues their lotes",
      link: [dataLake, loteQueue, deadLetterQueue],
      // This is Lambda's own default. The minutes between the tries outlast a short failure of S3 or SQS.
      retries: ASYNC_RETRY_DELAYS_SECONDS.length,
      transform: {
        eventInvokeConfig: { destinationConfig: { onFailure: { destination: producerFailures.arn } } },
      },
    }),
    consumer: create("consumer", CONSUMER, {
      description: "Asks TMDB for the movies of a lote and writes its file",
      link: [dataLake, deadLetterQueue, tmdbToken],
      concurrency: reserved(settings.consumerConcurrency, settings),
    }),
    collector: create("collector", COLLECTOR, {
      description: "Keeps erros_geral.json, and writes _manifest.json when a run has settled",
      link: [dataLake, deadLetterQueue],
      concurrency: reserved(COLLECTORS, settings),
    }),
  };
}

function reserved(executions: number, { reservesConcurrency }: DeploymentSettings) {
  return reservesConcurrency ? { reserved: executions } : undefined;
}

function lambda(
  service: FunctionName,
  { timeoutSeconds, memoryMb }: FunctionLimits,
  { functionEnvironment, logRetention }: DeploymentSettings,
  { transform, ...args }: Omit<sst.aws.FunctionArgs, "handler">,
): sst.aws.Function {
  return new sst.aws.Function(componentName(service), {
    ...args,
    name: functionName(service),
    environment: { ...functionEnvironment, ...PROCESS_VARIABLES[service] },
    handler: `packages/functions/src/${service}.handler`,
    runtime: "nodejs24.x",
    // A fifth cheaper by the second than x86_64, and no slower at this.
    architecture: "arm64",
    memory: `${memoryMb} MB`,
    timeout: `${timeoutSeconds} seconds`,
    logging: { format: "json", retention: logRetention },
    nodejs: { minify: true },
    transform: {
      ...transform,
      role: {
        // SST's default also trusts every principal of the account.
        assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
        // SST's default is AWS's policy for the logs of every function. Ours may write its own.
        managedPolicyArns: [],
      },
    },
  });
}
