import { effect } from "@preact/signals";
import { render } from "preact";
import { follow } from "./logic/follow";
import { workOnGrids } from "./logic/grid";
import { loadModels, theme } from "./logic/studio";
import { App } from "./ui/App";
import "./style/base.css";
import "./style/controls.css";
import "./style/page.css";
import "./style/running.css";
import "./style/gallery.css";
import "./style/selection.css";
import "./style/cluster.css";
import "./style/dialogs.css";
import "./style/grids.css";
import "./style/phone.css";

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
void loadModels();
follow();
workOnGrids();
render(<App />, document.getElementById("app")!);
