/* Pictures and files with script: dropping, pasting and sending many at once,
   keys in the grid, the focal point on the picture. Every form here works
   without this, and every act is one that the forms send as well. */

const AT_ONCE = 2
const SHRINK_ABOVE = 1.5 * 1024 * 1024 // bytes
const SIDE = 2560 // pixels
const QUALITY = .86

// Drop sends files as they are chosen, dropped or pasted, one request each.
class Drop extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector('form')
    this.list = this.querySelector('.uploads')
    this.row = this.querySelector('template')
    if (!this.form || this.listening) return
    this.waiting = []
    this.running = 0
    this.counts = { all: 0, ended: 0, well: 0 }
    this.deep = 0
    this.listening = new AbortController()
    const signal = this.listening.signal
    this.form.classList.add('scripted')
    this.form.addEventListener('change', e => {
      if (e.target.type !== 'file') return
      this.take(e.target.files)
      e.target.value = ''
    }, { signal })
    this.form.addEventListener('submit', e => e.preventDefault(), { signal })
    const files = e => e.dataTransfer?.types.includes('Files')
    document.addEventListener('dragenter', e => { if (files(e)) this.over(++this.deep) }, { signal })
    document.addEventListener('dragleave', e => { if (files(e)) this.over(--this.deep) }, { signal })
    document.addEventListener('dragover', e => { if (files(e)) e.preventDefault() }, { signal })
    document.addEventListener('drop', e => {
      if (!files(e)) return
      e.preventDefault()
      this.over(this.deep = 0)
      this.take(e.dataTransfer.files)
    }, { signal })
    document.addEventListener('paste', e => {
      // Words with a picture beside them, as Word copies them, are words.
      if (!e.clipboardData?.files.length || e.clipboardData.types.includes('text/plain')) return
      e.preventDefault()
      this.take(e.clipboardData.files)
    }, { signal })
    addEventListener('beforeunload', e => { if (this.running || this.waiting.length) e.preventDefault() }, { signal })
  }

  disconnectedCallback() {
    this.listening?.abort()
    this.listening = null
  }

  over(deep) { this.classList.toggle('over', deep > 0) }

  take(files) {
    for (const file of files) {
      const li = this.row.content.querySelector('.upload').cloneNode(true)
      const up = { file, li, at: s => li.querySelector('.upload-' + s) }
      up.at('name').textContent = file.name
      up.at('retry').addEventListener('click', () => this.again(up))
      up.at('both').addEventListener('click', () => {
        up.both = true
        if (li.dataset.state === 'there') this.counts.well--
        this.again(up)
      })
      this.list.append(li)
      this.counts.all++
      this.waiting.push(up)
    }
    this.list.hidden = false
    this.next()
  }

  again(up) {
    this.counts.ended--
    this.waiting.push(up)
    this.next()
  }

  next() {
    while (this.running < AT_ONCE && this.waiting.length) {
      this.running++
      this.send(this.waiting.shift()).finally(() => {
        this.running--
        this.next()
      })
    }
  }

  async send(up) {
    this.state(up, 'sending', this.dataset.preparing)
    up.at('retry').hidden = up.at('both').hidden = true
    up.at('links').querySelectorAll('a').forEach(a => a.remove())
    let file = up.file
    try {
      if (!this.form.querySelector('[data-keep]')?.checked) file = await shrink(up.file)
    } catch { } // not a picture that this browser can read: the server says what it is
    const note = file === up.file ? '' : this.fill(this.dataset.shrunk, { from: size(up.file.size), to: size(file.size) })
    if (file.size > +this.dataset.most) {
      return this.end(up, 'refused', this.fill(this.dataset.large, { size: size(file.size), most: size(+this.dataset.most) }))
    }
    let answer
    try {
      answer = await this.post(up, file)
    } catch {
      return this.fail(up, this.dataset.lost)
    }
    if (answer.status === 401) return this.fail(up, this.dataset.signedout)
    if (!answer.body?.state) return this.fail(up, this.fill(this.dataset.failed, { status: answer.status }))
    const { state, say, notes, thumb, links } = answer.body
    this.end(up, state, [say, note, ...notes ?? []].filter(Boolean).join(' '))
    up.at('both').hidden = state !== 'there' && state !== 'gone'
    const src = thumb || state === 'stored' && /^image\/(jpeg|png|gif|webp)$/.test(file.type) && URL.createObjectURL(file)
    if (src) up.at('pic').replaceChildren(Object.assign(new Image(56, 56), { src, alt: '' }))
    for (const link of links ?? []) {
      const a = Object.assign(document.createElement('a'), { href: link.url, textContent: link.label, className: 'btn small' })
      up.at('links').append(a)
    }
    this.dispatchEvent(new CustomEvent('uploaded', { detail: answer.body, bubbles: true }))
  }

  post(up, file) {
    return new Promise((resolve, reject) => {
      const data = new FormData()
      for (const el of this.form.elements) {
        if (el.name && el.type !== 'file' && el.type !== 'submit' && (el.type !== 'checkbox' || el.checked)) data.append(el.name, el.value)
      }
      if (up.both) data.append('both', '1')
      data.append('file', file, file.name)
      const x = new XMLHttpRequest()
      const bar = up.at('bar')
      bar.hidden = false
      bar.value = 0
      x.upload.addEventListener('progress', e => {
        if (!e.lengthComputable) return
        bar.value = e.loaded / e.total
        this.state(up, 'sending', this.fill(this.dataset.sending, { percent: Math.round(100 * bar.value) }))
      })
      x.upload.addEventListener('load', () => {
        bar.removeAttribute('value')
        this.state(up, 'sending', this.dataset.reading)
      })
      x.addEventListener('load', () => resolve({ status: x.status, body: x.response }))
      for (const lost of ['error', 'abort', 'timeout']) x.addEventListener(lost, reject)
      x.open('POST', this.form.getAttribute('action'))
      x.setRequestHeader('Accept', 'application/json')
      x.responseType = 'json'
      x.send(data)
    })
  }

  fail(up, say) {
    this.end(up, 'failed', say)
    up.at('retry').hidden = false
  }

  end(up, state, say) {
    up.at('bar').hidden = true
    this.state(up, state, say)
    this.counts.ended++
    if (state === 'stored' || state === 'there') this.counts.well++
    const done = this.querySelector('.uploads-done')
    const over = this.counts.ended === this.counts.all
    done.querySelector('[role=status]').textContent = this.fill(over ? this.dataset.done : this.dataset.under, { n: this.counts.well, ended: this.counts.ended, all: this.counts.all })
    done.hidden = false
  }

  state(up, state, say) {
    up.li.dataset.state = state
    up.at('say').textContent = say
  }

  fill(text, values) { return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all) }
}

const megabytes = new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 })
const size = bytes => megabytes.format(bytes / 1024 / 1024)

// shrink returns a picture with sides of at most SIDE as a JPEG, or the file as
// it came where that saves nothing or would lose something: motion, or what
// shows through. A HEIC picture becomes a JPEG wherever the browser reads it.
async function shrink(file) {
  const heic = /\.hei[cf]$/i.test(file.name) || /^image\/hei[cf]/.test(file.type)
  const known = heic || /^image\/(jpeg|png|avif)$/.test(file.type)
  if (!known || !heic && file.size <= SHRINK_ABOVE) return file
  if (/acTL/.test(await file.slice(0, 1024).text())) return file
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height))
  const width = Math.max(1, Math.round(picture.width * scale)), height = Math.max(1, Math.round(picture.height * scale))
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const context = canvas.getContext('2d')
  context.imageSmoothingQuality = 'high'
  context.drawImage(picture, 0, 0, width, height)
  picture.close()
  if (file.type === 'image/png' && context.getImageData(0, 0, width, height).data.some((v, i) => i % 4 === 3 && v < 255)) return file
  const made = await new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  if (!made || !heic && made.size >= file.size) return file
  return new File([made], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' })
}

// Grid moves the focus with the arrows; x chooses what has it.
class Grid extends HTMLElement {
  connectedCallback() {
    this.listening = new AbortController()
    this.addEventListener('keydown', e => this.key(e), { signal: this.listening.signal })
  }

  disconnectedCallback() { this.listening?.abort() }

  key(e) {
    if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || !e.target.matches('.t, input[type=checkbox]')) return
    const cards = [...this.querySelectorAll('.card')]
    const at = cards.indexOf(e.target.closest('.card'))
    if (at < 0) return
    if (e.key === 'x') {
      const box = cards[at].querySelector('input[type=checkbox]')
      if (!box) return
      e.preventDefault()
      box.click()
      return
    }
    const rtl = getComputedStyle(this).direction === 'rtl'
    const row = cards.filter(c => c.offsetTop === cards[0].offsetTop).length
    const step = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1, ArrowDown: row, ArrowUp: -row }[e.key]
    const to = step && cards[at + step]
    if (!to) return
    e.preventDefault()
    to.querySelector('.t').focus()
  }
}

// Focus sets the point that every crop keeps: by pointer on the picture, by the
// arrows on its mark, by the nine places and by two numbers.
class Focus extends HTMLElement {
  connectedCallback() {
    this.picture = this.querySelector('.focus-pic')
    this.mark = this.querySelector('.focus-mark')
    this.x = this.querySelector('input[name=focus_x]')
    this.y = this.querySelector('input[name=focus_y]')
    if (!this.picture || !this.x || this.x.disabled) return
    this.sheet = new CSSStyleSheet()
    document.adoptedStyleSheets.push(this.sheet)
    this.listening = new AbortController()
    const signal = this.listening.signal
    const point = e => {
      const box = this.picture.getBoundingClientRect()
      this.set(100 * (e.clientX - box.left) / box.width, 100 * (e.clientY - box.top) / box.height)
    }
    this.picture.addEventListener('pointerdown', e => {
      if (e.button !== 0) return
      e.preventDefault()
      try { this.picture.setPointerCapture(e.pointerId) } catch { } // a pointer that is gone already
      this.held = true
      this.mark.focus()
      point(e)
    }, { signal })
    this.picture.addEventListener('pointermove', e => { if (this.held) point(e) }, { signal })
    for (const name of ['pointerup', 'pointercancel']) this.picture.addEventListener(name, () => { this.held = false }, { signal })
    this.mark.addEventListener('keydown', e => {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key]
      if (!by) return
      e.preventDefault()
      const far = e.shiftKey ? 10 : 1
      this.set(+this.x.value + far * by[0], +this.y.value + far * by[1])
    }, { signal })
    this.addEventListener('change', e => {
      if (e.target.name === 'spot' && e.target.value) this.set(...e.target.value.split(' ').map(Number), true)
    }, { signal })
    this.addEventListener('input', e => {
      if ((e.target === this.x || e.target === this.y) && e.target.value) this.set(this.x.value, this.y.value)
    }, { signal })
    this.mark.hidden = false
    this.set(this.x.value, this.y.value, true)
  }

  disconnectedCallback() {
    this.listening?.abort()
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter(s => s !== this.sheet)
  }

  set(x, y, spot) {
    const whole = v => Math.round(Math.min(100, Math.max(0, +v || 0)))
    x = whole(x)
    y = whole(y)
    if (this.x.value !== String(x)) this.x.value = x
    if (this.y.value !== String(y)) this.y.value = y
    // A number that was typed counts, and no longer one of the nine places.
    if (!spot) this.querySelector('input[name=spot][value=""]').checked = true
    this.sheet.replaceSync(`.focus-mark { left: ${x}%; top: ${y}% }`)
    this.mark.setAttribute('aria-label', this.dataset.mark.replace('{x}', x).replace('{y}', y))
    const width = +this.dataset.width, height = +this.dataset.height
    for (const crop of this.querySelectorAll('.crop svg')) {
      const ratio = crop.dataset.w / crop.dataset.h
      const w = Math.min(width, height * ratio), h = Math.min(height, width / ratio)
      const place = (at, all, part) => Math.min(all - part, Math.max(0, at * all / 100 - part / 2))
      crop.setAttribute('viewBox', [place(x, width, w), place(y, height, h), w, h].map(Math.round).join(' '))
    }
  }
}

customElements.define('mrd-drop', Drop)
customElements.define('mrd-grid', Grid)
customElements.define('mrd-focus', Focus)
