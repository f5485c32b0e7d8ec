// The base of the map without internet: country outlines of Natural Earth (public domain, by way of world-atlas, ISC)
// as GeoJSON, and Leaflet (BSD-2-Clause) with its pictures. build_assets.mjs calls it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as esbuild from 'esbuild-wasm'

const require = createRequire(import.meta.url)
const { feature } = require('topojson-client')
const { presimplify, simplify, sphericalTriangleArea } = require('topojson-simplify')

// The countries of network/directory/data/places, by their ISO 3166-1 numbers.
const COUNTRIES = {
  ae: '784', bd: '050', bh: '048', et: '231', id: '360', in: '356', jo: '400', kh: '116', kr: '410', kw: '414',
  la: '418', lb: '422', lk: '144', mm: '104', my: '458', np: '524', om: '512', ph: '608', qa: '634', sa: '682',
  sg: '702', th: '764', tw: '158', vn: '704'
}
// Steradians: corners of smaller triangles are left out, more in large countries than in small ones.
const FINE = 4e-9
const COARSE = 4e-8
const TINY = new Set(['bh', 'qa', 'sg'])
const LARGE = new Set(['et', 'id', 'in', 'mm', 'my', 'ph', 'sa', 'th', 'vn'])

function atlas (name) {
  return JSON.parse(readFileSync(join('node_modules', 'world-atlas', name), 'utf8'))
}

function rounded (coordinates, digits) {
  if (typeof coordinates[0] === 'number') return coordinates.map(one => Number(one.toFixed(digits)))
  const found = coordinates.map(one => rounded(one, digits))
  if (typeof found[0]?.[0] !== 'number') return found.filter(one => one.length > 0)
  const ring = found.filter((one, place) => place === 0 || one[0] !== found[place - 1][0] || one[1] !== found[place - 1][1])
  return ring.length > 3 ? ring : []
}

function shape (one, code, digits) {
  const coordinates = rounded(one.geometry.coordinates, digits)
  return { type: 'Feature', properties: { code }, geometry: { type: one.geometry.type, coordinates } }
}

export async function writeMap (write) {
  const topology = atlas('countries-10m.json')
  const weighed = presimplify(topology, sphericalTriangleArea)
  const finer = simplify(weighed, FINE)
  const coarser = simplify(weighed, COARSE)
  for (const [code, number] of Object.entries(COUNTRIES)) {
    const from = LARGE.has(code) ? coarser : TINY.has(code) ? topology : finer
    const outlines = from.objects.countries.geometries.filter(one => one.id === number)
    if (outlines.length === 0) throw new Error(`world-atlas has no outline of ${code}`)
    const features = outlines.map(one => shape(feature(from, one), code, LARGE.has(code) ? 2 : 3))
    write(`map-${code}.json`, JSON.stringify({ type: 'FeatureCollection', features }))
  }
  const world = atlas('countries-110m.json')
  const codes = Object.fromEntries(Object.entries(COUNTRIES).map(([code, number]) => [number, code]))
  const features = feature(world, world.objects.countries).features.map(one => shape(one, codes[one.id] ?? '', 1))
  write('map-world.json', JSON.stringify({ type: 'FeatureCollection', features }))

  const leaflet = join('node_modules', 'leaflet', 'dist')
  const target = ['chrome100', 'safari15', 'firefox100']
  const script = readFileSync(join(leaflet, 'leaflet.js'), 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n')
  write('leaflet.js', script)
  // Not mirrored for right-to-left: a map's east is on the right in every script. Its small pictures stand inside.
  const styles = await esbuild.build({
    entryPoints: [join(leaflet, 'leaflet.css')], bundle: true, minify: true, write: false, target, legalComments: 'none',
    loader: { '.png': 'dataurl' }
  })
  write('leaflet.css', styles.outputFiles[0].contents)
  for (const name of ['marker-icon', 'marker-icon-2x', 'marker-shadow']) {
    write(`${name}.png`, readFileSync(join(leaflet, 'images', `${name}.png`)))
  }
}
