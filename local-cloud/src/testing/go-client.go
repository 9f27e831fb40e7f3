// Uses Google's Go clients for Pub/Sub, Cloud Storage and Secret Manager, as pack.test.ts starts the services, and
// prints what it got back from them.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io/ioutil"
	"log"
	"os"
	"strings"
	"time"

	"cloud.google.com/go/pubsub"
	secretmanager "cloud.google.com/go/secretmanager/apiv1"
	"cloud.google.com/go/storage"
	"google.golang.org/api/option"
	pb "google.golang.org/genproto/googleapis/cloud/secretmanager/v1"
	"google.golang.org/grpc"
)

const project = "test"

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	received, err := publishAndReceive(ctx)
	check(err)
	read, refusal, err := writeAndRead(ctx)
	check(err)
	secret, err := keepSecret(ctx)
	check(err)
	fmt.Printf("received %s\nread %d bytes\nrefused: %v\nsecret %s\n", received, read, refusal, secret)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func publishAndReceive(ctx context.Context) (string, error) {
	client, err := pubsub.NewClient(ctx, project)
	if err != nil {
		return "", err
	}
	defer client.Close()
	topic, err := client.CreateTopic(ctx, "from-go")
	if err != nil {
		return "", err
	}
	subscription, err := client.CreateSubscription(ctx, "from-go", pubsub.SubscriptionConfig{Topic: topic})
	if err != nil {
		return "", err
	}
	if _, err = topic.Publish(ctx, &pubsub.Message{Data: []byte("hello")}).Get(ctx); err != nil {
		return "", err
	}
	ctx, cancel := context.WithCancel(ctx)
	var data string
	err = subscription.Receive(ctx, func(_ context.Context, message *pubsub.Message) {
		data = string(message.Data)
		message.Ack()
		cancel()
	})
	return data, err
}

// Writes in several requests, and asks for what is not there: the client must get a plain no.
func writeAndRead(ctx context.Context) (int, error, error) {
	address := os.Getenv("STORAGE_EMULATOR_HOST")
	// Clients of 2020, as Debian has them, take the variable for uploads and reads only, and without the scheme.
	os.Setenv("STORAGE_EMULATOR_HOST", strings.TrimPrefix(address, "http://"))
	client, err := storage.NewClient(ctx, option.WithEndpoint(address+"/storage/v1/"))
	if err != nil {
		return 0, nil, err
	}
	defer client.Close()
	bucket := client.Bucket("from-go")
	if err = bucket.Create(ctx, project, nil); err != nil {
		return 0, nil, err
	}
	content := bytes.Repeat([]byte("0123456789"), 100_000)
	writer := bucket.Object("large").NewWriter(ctx)
	writer.ChunkSize = 256 * 1024
	if _, err = writer.Write(content); err != nil {
		return 0, nil, err
	}
	if err = writer.Close(); err != nil {
		return 0, nil, err
	}
	reader, err := bucket.Object("large").If(storage.Conditions{GenerationMatch: writer.Attrs().Generation}).NewReader(ctx)
	if err != nil {
		return 0, nil, err
	}
	read, err := ioutil.ReadAll(reader)
	if err == nil && !bytes.Equal(read, content) {
		err = fmt.Errorf("other bytes were read than written")
	}
	return len(read), bucket.ACL().Set(ctx, storage.AllUsers, storage.RoleReader), err
}

func keepSecret(ctx context.Context) (string, error) {
	client, err := secretmanager.NewClient(ctx, option.WithEndpoint(os.Getenv("SECRET_MANAGER_EMULATOR_HOST")),
		option.WithoutAuthentication(), option.WithGRPCDialOption(grpc.WithInsecure()))
	if err != nil {
		return "", err
	}
	defer client.Close()
	automatic := &pb.Replication{Replication: &pb.Replication_Automatic_{Automatic: &pb.Replication_Automatic{}}}
	secret, err := client.CreateSecret(ctx, &pb.CreateSecretRequest{
		Parent: "projects/" + project, SecretId: "from-go", Secret: &pb.Secret{Replication: automatic},
	})
	if err != nil {
		return "", err
	}
	payload := &pb.SecretPayload{Data: []byte("swordfish")}
	_, err = client.AddSecretVersion(ctx, &pb.AddSecretVersionRequest{Parent: secret.Name, Payload: payload})
	if err != nil {
		return "", err
	}
	version, err := client.AccessSecretVersion(ctx, &pb.AccessSecretVersionRequest{Name: secret.Name + "/versions/latest"})
	return string(version.GetPayload().GetData()), err
}
