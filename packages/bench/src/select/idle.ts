// A process that does nothing: what the memory of the others is measured against.
process.stdout.write(JSON.stringify({ rows: 0, ids: 0, maxRssKiB: process.resourceUsage().maxRSS }));
