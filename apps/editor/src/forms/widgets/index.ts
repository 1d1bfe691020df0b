import type { WidgetName } from '../field.js'
import { BackboneWidget } from './BackboneWidget.js'
import { ChoiceWidget } from './ChoiceWidget.js'
import { GroupWidget } from './GroupWidget.js'
import { JsonWidget } from './JsonWidget.js'
import { NumbersWidget } from './NumbersWidget.js'
import { NumberWidget } from './NumberWidget.js'
import { PathWidget } from './PathWidget.js'
import { RecordWidget } from './RecordWidget.js'
import { SliderWidget } from './SliderWidget.js'
import { StageWidget } from './StageWidget.js'
import { SwitchWidget } from './SwitchWidget.js'
import { TextWidget } from './TextWidget.js'
import type { Widget } from './widget.js'

/** Every widget, by the name that a param asks for. */
const widgets: Readonly<Record<WidgetName, Widget>> = {
  text: TextWidget,
  number: NumberWidget,
  slider: SliderWidget,
  switch: SwitchWidget,
  choice: ChoiceWidget,
  numbers: NumbersWidget,
  record: RecordWidget,
  path: PathWidget,
  backbone: BackboneWidget,
  stage: StageWidget,
  group: GroupWidget,
  json: JsonWidget,
}

export const widgetOf = (name: WidgetName): Widget => widgets[name]
