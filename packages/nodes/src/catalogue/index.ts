export {
  type CatalogueNetwork,
  catalogue,
  findNetwork,
  firstChoice,
  isBuildable,
  likeName,
  likeWord,
  type SpeedClass,
  speedOf,
  usableNetworks,
} from './catalogue.js'
export { outlineOf } from './outlines.js'
