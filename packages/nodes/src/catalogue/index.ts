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
