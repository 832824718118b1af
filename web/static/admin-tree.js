/* The tree of the content screen with keys and by dragging. The list works
   without this: every act here sends the form that its rows and "Move…" send.
   Arrows go from row to row, open and close; with Alt and Shift they move the
   row among its neighbours, or a level in or out. */

const EDGE = 56 // pixels from the end of the window within which it scrolls
const SLACK = 5 // pixels a pointer may move before it drags

class Tree extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector(':scope > form')
    if (!this.form || this.form.nextElementSibling) return
    this.rtl = getComputedStyle(this).direction === 'rtl'
    this.status = document.createElement('p')
    this.status.className = 'vh'
    this.status.setAttribute('role', 'status')
    this.append(this.status)
    for (const icon of this.querySelectorAll('li[data-version] > .tree-row > .icon')) icon.classList.add('grip')
    this.listening = new AbortController()
    const signal = this.listening.signal
    this.addEventListener('keydown', e => this.key(e), { signal })
    this.addEventListener('pointerdown', e => this.take(e), { signal })
    this.addEventListener('pointermove', e => this.drag(e), { signal })
    this.addEventListener('pointerup', e => this.drop(e), { signal })
    this.addEventListener('pointercancel', () => this.letGo(), { signal })
    document.addEventListener('keydown', e => { if (e.key === 'Escape' && this.held?.moved) this.letGo(true) }, { signal })
    document.addEventListener('click', e => this.closeMenus(e), { signal })
    // Going to the row of the address takes the focus away, so it comes after.
    if (document.readyState === 'complete') this.arrive()
    else addEventListener('load', () => setTimeout(() => this.arrive()), { signal, once: true })
  }

  arrive() {
    const li = location.hash.startsWith('#r-') && document.getElementById(location.hash.slice(1))
    if (li && this.contains(li) && document.activeElement === document.body) this.focusRow(li)
  }

  disconnectedCallback() {
    this.listening?.abort()
    this.letGo()
    this.status?.remove()
  }

  say(text, title = '', target = '') {
    this.status.textContent = text.replace('{title}', title).replace('{target}', target)
  }

  rows() { return [...this.querySelectorAll('li[id]')] }
  title(li) { return li.querySelector('.t').textContent }

  focusRow(li) {
    li?.querySelector('.t').focus()
    return !!li
  }

  // One menu at a time, and none once something else is clicked.
  closeMenus(e) {
    for (const menu of document.querySelectorAll('.tree-menu[open]')) if (!menu.contains(e.target)) menu.open = false
  }

  key(e) {
    const li = e.target.closest('li[id]')
    const menu = e.target.closest('.tree-menu')
    if (e.key === 'Escape' && menu?.open) {
      menu.open = false
      menu.querySelector('summary').focus()
      return
    }
    if (!li || e.ctrlKey || e.metaKey || !e.key.startsWith('Arrow')) return
    let to = e.key.slice(5)
    if (this.rtl) to = { Left: 'Right', Right: 'Left' }[to] ?? to
    if (e.altKey && e.shiftKey) {
      e.preventDefault()
      this.step(li, to)
    } else if (!e.altKey && !e.shiftKey && e.target.matches('.t, .tree-toggle') && this.walk(li, to)) {
      e.preventDefault()
    }
  }

  walk(li, to) {
    const rows = this.rows()
    const toggle = li.querySelector(':scope > .tree-row > a.tree-toggle')
    switch (to) {
      case 'Up': return this.focusRow(rows[rows.indexOf(li) - 1])
      case 'Down': return this.focusRow(rows[rows.indexOf(li) + 1])
      case 'Right':
        if (!toggle) return false
        if ('open' in toggle.dataset) return this.focusRow(li.querySelector('li[id]'))
        toggle.click()
        return true
      case 'Left':
        if (!toggle || !('open' in toggle.dataset)) return this.focusRow(li.parentElement.closest('li[id]'))
        toggle.click()
        return true
    }
  }

  // step moves a row one place up or down, or a level in or out.
  step(li, to) {
    const button = li.querySelector(`:scope > .tree-row button[data-step=${to.toLowerCase()}]`)
    const before = li.previousElementSibling
    const above = li.parentElement.closest('li[id]')
    if (button) button.click()
    else if (to === 'Right' && before && 'holds' in before.dataset) this.send(li, before.id.slice(2), 'last', before)
    else if (to === 'Left' && above) this.send(li, above.parentElement.dataset.section, above.id.slice(2))
    else this.say(this.dataset.edge, this.title(li))
  }

  // send posts the form of "Move…"; opened is a section that shows what went in.
  send(li, section, place, opened) {
    if (!li.dataset.version || this.sent) return this.say(this.dataset.edge, this.title(li))
    this.sent = true
    const toggle = opened?.querySelector(':scope > .tree-row > a.tree-toggle:not([data-open])')
    const fields = { version: li.dataset.version, section, place, back: toggle ? toggle.getAttribute('href') : li.dataset.back }
    for (const name in fields) this.form.elements[name].value = fields[name]
    this.form.action = `/admin/entries/${li.id.slice(2)}/move`
    this.form.requestSubmit()
  }

  take(e) {
    if (e.button !== 0 || !e.isPrimary || !e.target.closest('.grip')) return
    e.preventDefault()
    this.setPointerCapture(e.pointerId)
    this.held = { li: e.target.closest('li[id]'), pointer: e.pointerId, x: e.clientX, y: e.clientY, from: e.clientY }
  }

  drag(e) {
    const held = this.held
    if (!held) return
    held.x = e.clientX
    held.y = e.clientY
    if (!held.moved) {
      if (Math.abs(held.y - held.from) < SLACK) return
      held.moved = true
      held.li.classList.add('held')
      this.say(this.dataset.moving, this.title(held.li))
      this.scroll()
    }
    this.aim()
  }

  // scroll goes on while the pointer rests near an end of the window.
  scroll() {
    const held = this.held
    if (!held?.moved) return
    const by = held.y < EDGE ? held.y - EDGE : Math.max(0, held.y - innerHeight + EDGE)
    if (by) {
      scrollBy(0, by / 4)
      this.aim()
    }
    requestAnimationFrame(() => this.scroll())
  }

  // aim finds the row under the pointer and marks where the held one would go.
  aim() {
    const held = this.held
    const row = document.elementsFromPoint(held.x, held.y).find(el => el.matches('.tree-row') && this.contains(el))
    const li = row?.parentElement
    let how = ''
    if (li && !held.li.contains(li)) {
      const box = row.getBoundingClientRect()
      const part = (held.y - box.top) / box.height
      how = part < .5 ? 'before' : 'after'
      if ('holds' in li.dataset && (part > .25 && part < .75 || how === 'after' && li.querySelector('ul'))) how = 'into'
    }
    if (held.row === row && held.how === how) return
    this.unmark()
    Object.assign(held, { row, how })
    if (!how) return
    row.classList.add('drop-' + how)
    this.say(this.dataset[how], this.title(held.li), this.title(li))
  }

  unmark() {
    this.held?.row?.classList.remove('drop-before', 'drop-after', 'drop-into')
  }

  drop(e) {
    const held = this.held
    if (!held || e.pointerId !== held.pointer) return
    const { li, row, how } = held
    this.letGo()
    if (!how) return
    const target = row.parentElement
    const list = target.parentElement
    if (how === 'into') this.send(li, target.id.slice(2), target.querySelector('ul') ? 'first' : 'last', target)
    else if (how === 'after') this.send(li, list.dataset.section, target.id.slice(2))
    else this.send(li, list.dataset.section, target.previousElementSibling?.id.slice(2) ?? list.dataset.first)
  }

  letGo(said) {
    if (!this.held) return
    this.unmark()
    this.held.li.classList.remove('held')
    if (said) this.say(this.dataset.stopped, this.title(this.held.li))
    this.held = null
  }
}

customElements.define('mrd-tree', Tree)
