// The product's page: a service can be STARTED and its port answer a handshake while the page still says 503 (platform-interfaces.md 7.10).
import type { Product } from "../../../domain/purposes";
import { type Endpoint, HttpsClient, type HttpsTimes } from "../../transport/https";

const PAGES: Partial<Record<Product, string>> = { CUCM: "/ccmadmin/showHome.do", "IM and Presence": "/cupadmin/showHome.do", "Unity Connection": "/cuadmin/home.do" };
/** The page of OS Administration, which every VOS product has. */
const OS_ADMINISTRATION = "/cmplatform/";

/** The server's clock, as every answer tells it; nobody logs in. */
export async function clockOf(https: HttpsClient): Promise<Date> {
  return (await https.send({ method: "GET", path: "/", action: "read the clock" })).date ?? new Date();
}

/** HTTP status of the page, without logging in. */
export async function pageStatus(endpoint: Endpoint, product: Product, times: HttpsTimes): Promise<number> {
  const https = new HttpsClient(endpoint, times);
  try {
    return (await https.send({ method: "GET", path: PAGES[product] ?? OS_ADMINISTRATION, action: "open the product's page" })).status;
  } finally {
    https.close();
  }
}
