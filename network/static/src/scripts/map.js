// The map beside a list of services. It is fetched only when it is shown: at once on a desk, on a telephone when
// somebody asks for it. It draws what the page holds, and its pins bear the numbers of the list.
const DESK = '(min-width: 900px)'
const NEAR_PIXELS = 34

function fetched (kind, address) {
  return new Promise((resolve, reject) => {
    const one = document.createElement(kind)
    if (kind === 'link') Object.assign(one, { rel: 'stylesheet', href: address })
    else one.src = address
    one.onload = resolve
    one.onerror = reject
    document.head.append(one)
  })
}

function words (root, key, values = {}) {
  const text = root.dataset['words' + key[0].toUpperCase() + key.slice(1)] ?? ''
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole)
}

// Text of ours in a small mark; whatever is in it is text and never markup.
function mark (className, text) {
  const one = document.createElement('span')
  one.className = className
  one.dir = 'auto'
  one.textContent = text
  return one
}

class ServiceMap {
  constructor (root, given) {
    this.root = root
    this.given = given
    this.items = [...document.querySelectorAll('.found > li')]
    this.items.forEach((item, place) => { item.id ||= `found-${place + 1}` })
    this.draw()
  }

  draw () {
    const { L } = window
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    const map = this.map = L.map(this.root.querySelector('[data-map-box]'), {
      zoomControl: false, zoomAnimation: !still, fadeAnimation: !still, attributionControl: true, maxZoom: 18
    })
    map.attributionControl.setPrefix(false)
    L.control.zoom({ zoomInTitle: words(this.root, 'in'), zoomOutTitle: words(this.root, 'out') }).addTo(map)
    this.view() // first: nothing that is put on a map without a view has an element yet
    this.ground()
    this.rings()
    this.pins = L.layerGroup().addTo(map)
    this.numbers()
    map.on('zoomend', () => this.numbers())
    map.on('click', ({ latlng }) => this.startAt(latlng))
    this.root.querySelector('[data-map-middle]').addEventListener('click', () => this.startAt(map.getCenter()))
    this.badges()
  }

  ground () {
    const { L } = window
    const { tiles, credit, outlines, towns } = this.given
    if (tiles) return L.tileLayer(tiles, { attribution: mark('', credit).outerHTML, maxZoom: 18 }).addTo(this.map)
    this.map.attributionControl.addAttribution('Natural Earth · GeoNames')
    for (const address of outlines) {
      fetch(address).then(answer => answer.json()).then(shape => L.geoJSON(shape, {
        interactive: false, style: { color: '#5b7076', weight: 2, fillColor: '#fff', fillOpacity: 0.7 }
      }).addTo(this.map).bringToBack()).catch(() => {})
    }
    for (const [latitude, longitude, name] of towns) {
      L.marker([latitude, longitude], {
        interactive: false, keyboard: false, icon: L.divIcon({ className: 'map__town', html: mark('', name), iconSize: [0, 0] })
      }).addTo(this.map).getElement().setAttribute('aria-hidden', 'true')
    }
  }

  view () {
    const { L } = window
    const { pins, centre, radius_km: radius } = this.given
    const shown = pins.map(([latitude, longitude]) => [latitude, longitude])
    if (centre) shown.push(centre)
    const bounds = L.latLngBounds(shown)
    if (centre && pins.length === 0) this.map.fitBounds(L.latLng(centre).toBounds(radius * 2000))
    else this.map.fitBounds(bounds.pad(0.15), { maxZoom: 14 })
  }

  rings () {
    const { L } = window
    const { centre, rings_km: rings } = this.given
    if (!centre) return
    for (const km of rings) {
      L.circle(centre, { radius: km * 1000, interactive: false, fill: false, color: '#0d545c', weight: 1.5, dashArray: '4 6' }).addTo(this.map)
      L.marker([centre[0] + km / 111.2, centre[1]], {
        interactive: false, keyboard: false, icon: L.divIcon({ className: 'map__ring', html: mark('', words(this.root, 'km', { km })), iconSize: [0, 0] })
      }).addTo(this.map).getElement().setAttribute('aria-hidden', 'true')
    }
    L.circleMarker(centre, { radius: 6, interactive: false, color: '#fff', weight: 2, fillColor: '#a34c0b', fillOpacity: 1 }).addTo(this.map)
  }

  // Pins that would cover each other are one, which names all its numbers.
  together () {
    const groups = []
    for (const [latitude, longitude, numbers] of this.given.pins) {
      const at = this.map.latLngToLayerPoint([latitude, longitude])
      const near = groups.find(group => group.at.distanceTo(at) < NEAR_PIXELS)
      if (near) near.numbers.push(...numbers)
      else groups.push({ at, place: [latitude, longitude], numbers: [...numbers] })
    }
    return groups
  }

  numbers () {
    const { L } = window
    const open = this.open
    this.pins.clearLayers()
    this.byNumber = new Map()
    for (const { place, numbers } of this.together()) {
      numbers.sort((a, b) => a - b)
      const text = numbers.length > 2 ? `${numbers[0]}…` : numbers.join('·')
      const icon = L.divIcon({ className: 'map__pin', html: mark('', text), iconSize: [36, 36] })
      const name = numbers.map(number => `${number} ${this.name(number)}`).join('; ')
      const pin = L.marker(place, { icon, alt: name, title: name, riseOnHover: true }).addTo(this.pins)
      pin.bindPopup(() => this.popup(numbers))
      pin.getElement().setAttribute('aria-label', name)
      for (const number of numbers) this.byNumber.set(number, pin)
    }
    if (open) this.byNumber.get(open)?.openPopup()
  }

  name (number) {
    return this.items[number - 1]?.querySelector('h2, h3, h4')?.textContent.trim() ?? ''
  }

  popup (numbers) {
    const list = document.createElement('ul')
    list.className = 'map__list'
    for (const number of numbers) {
      const link = document.createElement('a')
      link.className = 'govuk-link'
      link.href = `#${this.items[number - 1].id}`
      link.append(mark('', `${number} ${this.name(number)}`))
      link.addEventListener('click', (event) => {
        event.preventDefault()
        this.goTo(this.items[number - 1])
      })
      const line = document.createElement('li')
      line.append(link)
      list.append(line)
    }
    return list
  }

  goTo (item) {
    for (const other of this.items) other.classList.toggle('is-shown', other === item)
    item.scrollIntoView({ block: 'center' })
    const link = item.querySelector('a')
    link?.focus({ preventScroll: true })
  }

  // The number of a pin stands in the list as a button that leads to it.
  badges () {
    for (const number of this.byNumber.keys()) {
      const button = document.createElement('button')
      button.type = 'button'
      button.className = 'map__number'
      button.textContent = number
      button.setAttribute('aria-label', words(this.root, 'pin', { number }))
      button.addEventListener('click', () => this.showPin(number))
      this.items[number - 1].prepend(button)
    }
  }

  showPin (number) {
    if (this.root.querySelector('[data-map-frame]').hidden) this.root.querySelector('[data-map-toggle]').click()
    this.open = number
    const pin = this.byNumber.get(number)
    this.map.panTo(pin.getLatLng(), { animate: false })
    pin.openPopup()
    this.root.scrollIntoView({ block: 'nearest' })
    pin.getElement().focus({ preventScroll: true })
  }

  startAt (place) {
    const { L } = window
    const { lat: latitude, lng: longitude } = place.wrap()
    if (!this.start) {
      const icon = L.divIcon({ className: 'map__start', html: mark('', '＋'), iconSize: [40, 40] })
      const name = words(this.root, 'start')
      this.start = L.marker(place, { icon, draggable: true, alt: name, title: name, zIndexOffset: 1000 }).addTo(this.map)
      this.start.getElement().setAttribute('aria-label', name)
      this.start.on('dragend', () => this.startAt(this.start.getLatLng()))
    }
    this.start.setLatLng(place)
    const form = this.root.querySelector('form')
    form.elements.latitude.value = Math.max(-85, Math.min(85, latitude)).toFixed(4)
    form.elements.longitude.value = longitude.toFixed(4)
    form.querySelector('[data-map-search]').disabled = false
  }
}

function startMap () {
  const root = document.querySelector('[data-map]')
  const data = document.querySelector('[data-map-data]')
  if (!root || !data) return
  const frame = root.querySelector('[data-map-frame]')
  const toggle = root.querySelector('[data-map-toggle]')
  let loaded = null
  const load = () => (loaded ??= Promise.all([fetched('link', root.dataset.style), fetched('script', root.dataset.script)]))

  async function set (shown) {
    frame.hidden = !shown
    root.parentElement.classList.toggle('has-map', shown)
    toggle.setAttribute('aria-expanded', String(shown))
    toggle.textContent = words(root, shown ? 'hide' : 'show')
    if (!shown) return
    await load()
    root.map ??= new ServiceMap(root, JSON.parse(data.textContent))
    root.map.map.invalidateSize()
    root.dataset.ready = 'yes'
  }

  root.hidden = false
  toggle.addEventListener('click', () => set(frame.hidden))
  if (matchMedia(DESK).matches) set(true)
}

startMap()
