import * as pulumi from "@pulumi/pulumi";
import { componentToken } from "../tokens";

/** The base of all components: a type token of ours, and options for its children. */
export abstract class Component extends pulumi.ComponentResource {
  constructor(kind: string, name: string, options?: pulumi.ComponentResourceOptions) {
    super(componentToken(kind), name, {}, options);
  }

  /** Options of a child that comes after others. */
  protected after(...before: pulumi.Resource[]): pulumi.CustomResourceOptions {
    return { parent: this, dependsOn: before };
  }
}

/** A part of a resource's name: small letters, digits and dashes. */
export function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
}
