# Build and run:
#
#   docker build -t meridian .
#   docker run -p 8080:8080 -v meridian:/data -e MERIDIAN_BASE_URL=https://www.example.org meridian
#
# Every flag has an environment twin MERIDIAN_…, so other commands work in the
# same container without repeating where the data is:
#
#   docker exec -it CONTAINER /meridian user list

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ENV CGO_ENABLED=0
# timetzdata: schedules are kept with the name of a time zone, and the final
# stage has no zone files.
RUN go build -trimpath -buildvcs=false -tags nomsgpack,timetzdata -ldflags "-s -w" -o /out/meridian ./cmd/meridian
# The final stage has no shell to make folders with. A named volume takes over
# the owner of the folder it is mounted on, so /data must belong to the user.
RUN mkdir -p /out/folders/data /out/folders/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /src/LICENSE /LICENSE
COPY --from=build --chown=65532:65532 /out/folders/ /
COPY --from=build /out/meridian /meridian
ENV MERIDIAN_DATA=/data
ENV MERIDIAN_ADDR=0.0.0.0:8080
USER 65532:65532
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/meridian"]
CMD ["serve"]
