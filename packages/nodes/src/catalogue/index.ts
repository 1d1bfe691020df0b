export {
  type CatalogueNetwork,
  catalogue,
  findNetwork,
  firstChoice,
  isBuildable,
  likeName,
  type SpeedClass,
  speedOf,
  usableNetworks,
} from './catalogue.js'
export { outlineOf } from './outlines.js'
