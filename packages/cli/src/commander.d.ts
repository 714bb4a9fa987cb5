// Infers the types of arguments and options from how they are declared. Types only: at run time it is commander.
declare module "commander" {
  export * from "@commander-js/extra-typings";
}
