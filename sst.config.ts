/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  async app({ stage }) {
    // SST evaluates this before anything of the stacks may be loaded: hence the imports in the functions.
    const { stageSettings } = await import("./stacks/settings.ts");
    const { keepsData } = stageSettings(stage);
    return {
      name: "lotes",
      home: "aws",
      removal: keepsData ? "retain" : "remove",
      protect: keepsData,
      providers: { aws: { defaultTags: { tags: { application: "lotes", stage } } } },
    };
  },

  async run() {
    const { deploy } = await import("./stacks/deploy.ts");
    return deploy();
  },
});
