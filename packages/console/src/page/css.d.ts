// The bundler takes style sheets out of the modules that name them.
declare module "*.css";
