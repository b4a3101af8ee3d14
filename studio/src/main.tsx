import { effect } from "@preact/signals";
import { render } from "preact";
import { follow } from "./logic/follow";
import { workOnGrids } from "./logic/grid";
import { loadModels, theme } from "./logic/studio";
import { App } from "./ui/App";
import "./style.css";

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
void loadModels();
follow();
workOnGrids();
render(<App />, document.getElementById("app")!);
