package demo

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// The buckets of the 3D files storage.
const (
	modelBucket   = "order-models"
	previewBucket = "previews"
	labelBucket   = "shipping-labels"
)

// s3Methods gives the HTTP method of each S3 operation in use.
var s3Methods = map[string]string{
	"PutObject": "PUT", "GetObject": "GET", "HeadObject": "HEAD", "UploadPart": "PUT",
	"CreateMultipartUpload": "POST", "CompleteMultipartUpload": "POST",
}

// An object names what a storage request is about.
type object struct {
	bucket, key string
	size        int // bytes, 0 if nothing is moved
}

// storageRequest opens the client span of one S3 request.
func (a *act) storageRequest(op string, o object) *act {
	host := filesStorage.host
	c := a.child(roleStorage, trace.SpanKindClient, "S3."+op,
		attribute.String("rpc.system", "aws-api"), attribute.String("rpc.service", "S3"), attribute.String("rpc.method", op),
		semconv.CloudRegion("local"), semconv.AWSS3Bucket(o.bucket), semconv.AWSS3Key(o.key),
		semconv.HTTPRequestMethodKey.String(s3Methods[op]),
		semconv.URLFull("http://"+host+":9000/"+o.bucket+"/"+o.key),
		semconv.ServerAddress(host), semconv.ServerPort(filesStorage.port))
	if o.size > 0 && s3Methods[op] == "PUT" {
		c.set(semconv.HTTPRequestBodySize(o.size))
	}
	c.travel()
	return c
}

// storageServe opens the span of the storage that serves the request c.
func (c *act) storageServe(op string, o object) *act {
	s := c.remote(pick(c.life.dice, storages), roleServer, trace.SpanKindServer, op,
		semconv.HTTPRequestMethodKey.String(s3Methods[op]), semconv.HTTPRoute("/{bucket}/{object}"),
		semconv.URLPath("/"+o.bucket+"/"+o.key), semconv.URLScheme("http"),
		semconv.ServerAddress(filesStorage.host), semconv.ServerPort(filesStorage.port),
		attribute.String("s3.bucket", o.bucket))
	return s
}

// storage tells one S3 request that the storage answers with status, and
// returns the client span, still open unless it went well.
func (a *act) storage(op string, o object, status int) *act {
	c := a.storageRequest(op, o)
	s := c.storageServe(op, o)
	if status < 300 {
		s.work(4*time.Millisecond + time.Duration(o.size)*12*time.Nanosecond) // about 80 MB/s
	} else {
		s.work(1200 * time.Microsecond)
		s.set(attribute.String("s3.error_code", map[int]string{403: "AccessDenied", 404: "NoSuchKey", 503: "SlowDown"}[status]))
	}
	if s.on.service == filesStorage && op == "GetObject" && status < 300 {
		s.set(semconv.HTTPResponseBodySize(o.size))
	}
	s.respond(status)
	c.travel()
	c.set(semconv.AWSRequestID(strings.ToUpper("17f3" + c.life.dice.hex(12))))
	c.answered(status)
	if status < 300 {
		c.end()
	}
	return c
}

// upload tells the upload of a large object in parts sent at once. slowPart is
// the part that straggles on the storage's side, -1 for none; its span in the
// storage is returned.
func (a *act) upload(o object, slowPart int) (straggler *act) {
	const partSize = 5 << 20
	parts := max(1, (o.size+partSize-1)/partSize)
	a.storage("CreateMultipartUpload", object{o.bucket, o.key, 0}, http.StatusOK)
	uploadID := a.life.dice.hex(24)
	a.parallel(parts, func(i int) {
		part := object{o.bucket, o.key, min(partSize, o.size-i*partSize)}
		c := a.storageRequest("UploadPart", part)
		c.set(semconv.AWSS3UploadID(uploadID), semconv.AWSS3PartNumber(i+1))
		s := c.storageServe("UploadPart", part)
		s.work(20*time.Millisecond + time.Duration(part.size)*14*time.Nanosecond)
		if i == slowPart {
			s.event("disk write stalled", attribute.String("disk", "/data/"+strconv.Itoa(a.life.dice.between(1, 4))))
			s.work(21 * time.Second)
			straggler = s
		}
		s.respond(http.StatusOK)
		c.travel()
		c.answered(http.StatusOK)
		c.end()
	})
	a.storage("CompleteMultipartUpload", object{o.bucket, o.key, 0}, http.StatusOK)
	return straggler
}
