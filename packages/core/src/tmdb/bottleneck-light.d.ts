/** Bottleneck without its clustering over Redis, which needs a third of the room, and has no types of its own. */
declare module "bottleneck/light.js" {
  import Bottleneck from "bottleneck";
  export default Bottleneck;
}
