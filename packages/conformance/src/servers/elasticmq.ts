import { writeFile } from "node:fs/promises";
import path from "node:path";
import { clientConfigFor } from "@lotes/local/client-config";
import { freePort, startHttpServer } from "./http-server.ts";
import { run } from "./programs.ts";
import { type Server, UnavailableError } from "./server.ts";
import { required, toolFolder } from "./tools.ts";

const VERSION = "1.6.14";
const ARTIFACT = "elasticmq-server_2.13";

/** The project of Maven's whose only dependency it is. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>lotes</groupId><artifactId>conformance</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.elasticmq</groupId><artifactId>${ARTIFACT}</artifactId><version>${VERSION}</version></dependency>
  </dependencies>
</project>
`;

/** ElasticMQ, from Maven Central: SQS alone. */
export const ELASTICMQ: Server = {
  name: "ElasticMQ",
  version: VERSION,
  from: "Maven Central: org.elasticmq",
  services: ["sqs"],
  note: "its messages are of 256 KiB at most. A lote is smaller than that, also with the records that it brings along by `REUSE_HOURS`.",
  start: async () => {
    const java = required("java", "ElasticMQ");
    const maven = required("mvn", "ElasticMQ");
    const folder = await toolFolder(`elasticmq-${VERSION}`, async (part) => {
      const pom = path.join(part, "pom.xml");
      await writeFile(pom, POM);
      await run(maven, ["-q", "-B", "-f", pom, "dependency:copy-dependencies", "-DoutputDirectory=jars"]);
    });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const settings = {
      "rest-sqs.bind-hostname": "127.0.0.1",
      "rest-sqs.bind-port": port,
      "rest-stats.enabled": false,
      "node-address.host": "127.0.0.1",
      "node-address.port": port,
    };
    const args = [
      "-Xmx512m",
      ...Object.entries(settings).map(([name, value]) => `-D${name}=${value}`),
      "-cp",
      path.join(folder, "jars/*"),
      "org.elasticmq.server.Main",
    ];
    const program = await startHttpServer("ElasticMQ", url, java, args);
    return {
      url,
      clientConfig: clientConfigFor(url),
      account: "000000000000",
      notify: () => Promise.reject(new UnavailableError("ElasticMQ has no buckets")),
      [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
    };
  },
};
