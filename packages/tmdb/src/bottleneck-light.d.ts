/** Bottleneck without its clustering over Redis: 24 kB of a bundle instead of 61. It has no types of its own. */
declare module "bottleneck/light.js" {
  import Bottleneck from "bottleneck";
  export default Bottleneck;
}
