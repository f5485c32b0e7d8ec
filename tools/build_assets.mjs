// Compiles our styles and scripts with what npm installed; tools/build_assets.py runs it and names the files.
// Arguments: the folder with the sources, the folder to write to.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild-wasm'
import rtlcss from 'rtlcss'
import * as sass from 'sass'
import { writeMap } from './build_map.mjs'

const [source, target] = process.argv.slice(2)
mkdirSync(target, { recursive: true })

function write (name, content) {
  const bytes = Buffer.from(content)
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }
  writeFileSync(join(target, name), bytes)
  writeFileSync(join(target, name + '.gz'), gzipSync(bytes, { level: 9 }))
  writeFileSync(join(target, name + '.br'), brotliCompressSync(bytes, brotli))
}

const styles = sass.compile(join(source, 'styles', 'app.scss'), {
  loadPaths: ['node_modules'], quietDeps: true, style: 'expanded'
}).css
const minify = { loader: 'css', minify: true, charset: 'utf8', legalComments: 'none', target: ['chrome100', 'safari15', 'firefox100'] }
write('app.css', (await esbuild.transform(styles, minify)).code)
write('app.rtl.css', (await esbuild.transform(rtlcss.process(styles), minify)).code)

// One file for both directions: it names sides by how the text runs.
const finder = sass.compile(join(source, 'styles', 'finder.scss'), { quietDeps: true, style: 'expanded' }).css
write('finder.css', (await esbuild.transform(finder, minify)).code)

for (const name of ['app.js', 'finder.js', 'map.js']) {
  const scripts = await esbuild.build({
    entryPoints: [join(source, 'scripts', name)],
    bundle: true, minify: true, write: false, format: 'iife', charset: 'utf8', legalComments: 'none', target: ['es2020']
  })
  write(name, scripts.outputFiles[0].contents)
}

await writeMap(write)
write('favicon.svg', readFileSync(join(source, 'images', 'favicon.svg')))

// The typefaces of what is printed, as their packages have them (WOFF is compressed already), with their licences.
const licences = []
for (const { script, weights, packages } of JSON.parse(readFileSync(join(source, 'fonts.json')))) {
  for (const weight of weights) {
    packages.forEach(([name, part], place) => {
      const from = join('node_modules', '@fontsource', name, 'files', `${name}-${part}-${weight}-normal.woff`)
      copyFileSync(from, join(target, `print-${script}-${weight}${place ? `-${place}` : ''}.woff`))
    })
  }
  licences.push(...packages.map(([name]) => name))
}
write('fonts-licences.txt', [...new Set(licences)].map(name =>
  `${name}\n\n${readFileSync(join('node_modules', '@fontsource', name, 'LICENSE'), 'utf8')}`).join('\n\n'))
process.exit(0)
