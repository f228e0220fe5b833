package cases

import "wanjie/app/web"

func routes(r web.Routes) {}
