package dev.sluice.gateway.door.openai;

import dev.sluice.gateway.door.http.HttpErrors;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;

/** The pictures that answers give addresses of. */
@Path(LinksResource.PATH)
class LinksResource {

  static final String PATH = "/v1/images/links";

  private final PictureLinks links;

  LinksResource(PictureLinks links) {
    this.links = links;
  }

  @GET
  @Path("/{name}")
  @Produces(MediaType.WILDCARD)
  @Blocking
  public Response picture(@PathParam("name") String name) {
    return links
        .find(name)
        .map(LinksResource::answer)
        .orElseGet(
            () ->
                HttpErrors.response(
                    404,
                    "not_found",
                    "There is no picture here, or not any more: ask for it again.",
                    ""));
  }

  private static Response answer(PictureLinks.Stored picture) {
    long seconds = Math.max(0, Duration.between(Instant.now(), picture.end()).toSeconds());
    return Response.ok(picture.file())
        .type(picture.format().mediaType())
        .header("cache-control", "private, max-age=" + seconds + ", immutable")
        .header("x-content-type-options", "nosniff")
        .build();
  }
}
