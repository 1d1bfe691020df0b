import type { WidgetName } from './fields/field.js'
import { BackboneWidget } from './choose-network/BackboneWidget.js'
import { ChoiceWidget } from './widgets/ChoiceWidget.js'
import { ChoicesWidget } from './widgets/ChoicesWidget.js'
import { GroupWidget } from './widgets/GroupWidget.js'
import { JsonWidget } from './widgets/JsonWidget.js'
import { NumbersWidget } from './widgets/NumbersWidget.js'
import { NumberWidget } from './widgets/NumberWidget.js'
import { PathWidget } from './paths/PathWidget.js'
import { RecordWidget } from './widgets/RecordWidget.js'
import { SliderWidget } from './widgets/SliderWidget.js'
import { StageWidget } from './network/StageWidget.js'
import { StagesWidget } from './widgets/StagesWidget.js'
import { SwitchWidget } from './widgets/SwitchWidget.js'
import { TextWidget } from './widgets/TextWidget.js'
import type { Widget } from './fields/widget.js'

/** Every widget, by the name that a param asks for. */
const widgets: Readonly<Record<WidgetName, Widget>> = {
  text: TextWidget,
  number: NumberWidget,
  slider: SliderWidget,
  switch: SwitchWidget,
  choice: ChoiceWidget,
  choices: ChoicesWidget,
  numbers: NumbersWidget,
  record: RecordWidget,
  path: PathWidget,
  backbone: BackboneWidget,
  checksum: TextWidget,
  stage: StageWidget,
  stages: StagesWidget,
  group: GroupWidget,
  json: JsonWidget,
}

export const widgetOf = (name: WidgetName): Widget => widgets[name]
