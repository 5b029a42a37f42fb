using System.Net;
using System.Text;
using System.Text.Json;
using EmotionMLNet.Client;
using EmotionMLNet.Web.Metrics;
using EmotionMLNet.Web.Pages;
using EmotionMLNet.Web.Security;
using Microsoft.Extensions.DependencyInjection;

namespace EmotionMLNet.Tests.Web;

/// <summary>What every response has, what else there is to get, and who may get it.</summary>
public sealed class SurfaceTests(WebFixture fixture) : IClassFixture<WebFixture>
{
    private readonly RunningServer server = fixture.Server;

    [Theory]
    [InlineData("/", 200), InlineData("/page.css", 200), InlineData("/examples/1.png", 200), InlineData("/nothing", 404)]
    [InlineData("/v1/models", 200), InlineData("/v1/models/nothing", 404), InlineData("/v1/classify", 405), InlineData("/v1/live", 426)]
    [InlineData("/health/live", 200), InlineData("/health/ready", 200), InlineData("/openapi/v1.json", 200), InlineData("/v2", 200)]
    public async Task Every_response_has_the_headers(string path, int status)
    {
        using HttpResponseMessage response = await server.GetAsync(path);
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        string Header(string name) => response.Headers.GetValues(name).Single();
        Assert.Equal(SecurityHeaders.ContentSecurityPolicy, Header("Content-Security-Policy"));
        Assert.Equal("nosniff", Header("X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header("Referrer-Policy"));
        Assert.Equal("same-origin", Header("Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", Header("Cross-Origin-Resource-Policy"));
        Assert.StartsWith("camera=(self)", Header("Permissions-Policy"), StringComparison.Ordinal);
        Assert.Equal("no-store", Header("Cache-Control"));
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
        if (status >= 400) await response.ProblemAsync(status);
    }

    [Fact]
    public async Task The_files_of_the_page_are_served_by_name()
    {
        string[] wanted = ["index.html", "page.css", "examples/1.png", "examples/2.png", "examples/3.png"];
        Assert.All(wanted, name => Assert.Contains(name, PageFiles.Names));
        foreach (string name in PageFiles.Names)
        {
            using HttpResponseMessage response = await server.GetAsync("/" + name);
            Assert.Equal(PageFiles.Read(name), await response.Content.ReadAsByteArrayAsync());
            Assert.NotEqual("application/octet-stream", response.Content.Headers.ContentType!.MediaType);
        }
    }

    [Theory]
    [InlineData("evil.example", 400), InlineData("localhost.evil.example", 400), InlineData("localhost", 200)]
    [InlineData("LOCALHOST:80", 200), InlineData("127.0.0.1", 200), InlineData("[::1]:5080", 200)]
    public async Task Only_its_own_names_reach_it(string host, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/", UriKind.Relative)) { Headers = { Host = host } };
        using HttpResponseMessage response = await server.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
    }

    [Fact]
    public async Task The_models_are_told_with_figures_and_card()
    {
        JsonElement list = await (await server.GetAsync("/v1/models")).JsonAsync();
        Assert.Equal("fer2013", list.GetProperty("default").GetString());
        JsonElement model = await (await server.GetAsync("/v1/models/fer2013")).JsonAsync();
        Assert.Equal(64, model.GetProperty("sha256").GetString()!.Length);
        Assert.True(model.GetProperty("calibrated").GetBoolean());
        Assert.True(model.GetProperty("faces").GetBoolean());
        JsonElement figure = model.GetProperty("figures")[0];
        Assert.InRange(
            figure.GetProperty("accuracy").GetDouble(), figure.GetProperty("low").GetDouble(), figure.GetProperty("high").GetDouble());
        Assert.StartsWith("# ", model.GetProperty("card").GetString()!.TrimStart('-', '\n'), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, model.GetProperty("swap").ValueKind);
    }

    [Fact]
    public async Task The_description_is_OpenAPI_3_1_and_names_every_address()
    {
        JsonElement description = await (await server.GetAsync("/openapi/v1.json")).JsonAsync();
        Assert.StartsWith("3.1", description.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        string[] paths = [.. description.GetProperty("paths").EnumerateObject().Select(p => p.Name)];
        string[] wanted =
        [
            "/v1/classify", "/v1/classify-many", "/v1/models", "/v1/models/{name}", "/v1/live", "/health/live", "/health/ready",
            "/v2/models/{name}/infer",
        ];
        Assert.All(wanted, path => Assert.Contains(path, paths));
        JsonElement components = description.GetProperty("components");
        JsonElement answer = components.GetProperty("schemas").GetProperty("ClassifyAnswer");
        Assert.Contains("noFace", answer.GetProperty("properties").EnumerateObject().Select(p => p.Name));

        // What programs that write clients ask for: names of operations, where the server is, and that it may want a token.
        JsonElement[] operations = [.. description.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject()).Select(o => o.Value)];
        string[] ids = [.. operations.Select(o => o.GetProperty("operationId").GetString()!)];
        Assert.Contains("postClassifyMany", ids);
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(operations, o => Assert.Equal(JsonValueKind.Array, o.GetProperty("security").ValueKind));
        Assert.Equal("/", description.GetProperty("servers")[0].GetProperty("url").GetString());
        Assert.Equal("bearer", components.GetProperty("securitySchemes").GetProperty("token").GetProperty("scheme").GetString());
    }

    [Fact]
    public async Task A_token_is_asked_for_by_the_API_alone()
    {
        await using RunningServer guarded = await RunningServer.StartAsync(s => s with { Token = "0123456789abcdef" });
        string[] open = ["/", "/health/ready"], shut = ["/v1/models", "/v2/models/fer2013", "/v1/live", "/v1/nothing"];
        foreach (string path in open) Assert.Equal(HttpStatusCode.OK, (await guarded.GetAsync(path)).StatusCode);
        foreach (string path in shut) await (await guarded.GetAsync(path)).ProblemAsync(401);
        guarded.Client.DefaultRequestHeaders.Authorization = new("Bearer", "0123456789abcdeg");
        await (await guarded.GetAsync("/v1/models")).ProblemAsync(401);
        guarded.Client.DefaultRequestHeaders.Authorization = new("Bearer", "0123456789abcdef");
        Assert.Equal(HttpStatusCode.OK, (await guarded.GetAsync("/v1/models")).StatusCode);
    }

    [Fact]
    public async Task Metrics_are_on_a_port_of_their_own_and_say_nothing_of_pictures()
    {
        await using RunningServer measured = await RunningServer.StartAsync(s => s with { MetricsPort = 0 });
        await measured.PostAsync("/v1/classify", RunningServer.Face);
        await measured.PostAsync("/v1/classify", [1, 2, 3]);
        await (await measured.GetAsync("/metrics")).ProblemAsync(404);
        Uri address = measured.App.Services.GetRequiredService<MetricsServer>().Address!;
        Assert.NotEqual(measured.Address.Port, address.Port);
        using var client = new HttpClient();
        string text = await client.GetStringAsync(address);
        string[] wanted =
        [
            "emotionmlnet_web_requests{kind=\"/v1/classify\",status=\"200\"} 1",
            "emotionmlnet_web_requests{kind=\"/v1/classify\",status=\"415\"} 1",
            "emotionmlnet_web_decode_duration_count 2", "emotionmlnet_web_prepare_duration_count 1",
            "emotionmlnet_web_network_duration_count 1", "emotionmlnet_web_queue_duration_count 2", "emotionmlnet_web_picture_bytes 0",
            "emotionmlnet_web_model_info{model=\"fer2013\",sha256=\"",
        ];
        Assert.All(wanted, line => Assert.Contains(line, text, StringComparison.Ordinal));
        Assert.DoesNotContain("happy\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_client_speaks_the_API()
    {
        var client = new EmotionClient(server.Client);
        Assert.True(await client.IsReadyAsync());
        ModelList models = await client.GetModelsAsync();
        Assert.Equal("fer2013", models.Default);
        Assert.Empty(models.Failed);
        ModelInfo model = await client.GetModelAsync("fer2013");
        Assert.NotEmpty(model.Card!);
        Answer answer = await client.ClassifyAsync(RunningServer.Face, new ClassifyOptions { Threshold = 0.999, Faces = FaceChoice.Off });
        Assert.True(answer.Uncertain);
        Assert.Equal(model.Sha256, answer.Sha256);
        Assert.Equal(model.Labels, answer.Scores.Select(s => s.Label));
        Assert.Equal(answer.Confidence, answer.Scores.Max(s => s.Value));
        EmotionClientException e = await Assert.ThrowsAsync<EmotionClientException>(
            () => client.ClassifyAsync(new MemoryStream([1, 2, 3])));
        Assert.Equal(415, e.Problem.Status);
        var rows = new List<ManyResult>();
        Func<Stream>[] pictures = [() => new MemoryStream(RunningServer.Face), () => new MemoryStream([1])];
        await foreach (ManyResult row in client.ClassifyManyAsync(pictures)) rows.Add(row);
        Assert.Equal([0, 1], rows.Select(r => r.Index));
        Assert.Equal("happy", rows[0].Answer!.Label);
        Assert.Equal(415, rows[1].Error!.Status);
    }

    [Fact]
    public async Task The_open_inference_protocol_gives_the_same_probabilities()
    {
        JsonElement expected = await (await server.PostAsync("/v1/classify", RunningServer.Face)).JsonAsync();
        float[] probabilities = [.. expected.GetProperty("scores").EnumerateArray().Select(s => s.GetProperty("score").GetSingle())];
        string json = $$"""
            {"id":"7","inputs":[{"name":"encoded","shape":[2],"datatype":"BYTES","data":["{{Convert.ToBase64String(RunningServer.Face)}}",
            "{{Convert.ToBase64String(RunningServer.Face)}}"]}]}
            """;
        using HttpResponseMessage response = await server.PostAsync("/v2/models/fer2013/infer", Encoding.UTF8.GetBytes(json));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        JsonElement answer = await response.JsonAsync();
        Assert.Equal("7", answer.GetProperty("id").GetString());
        JsonElement output = answer.GetProperty("outputs")[0];
        Assert.Equal([2, 7], output.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32()));
        Assert.Equal([.. probabilities, .. probabilities], output.GetProperty("data").EnumerateArray().Select(d => d.GetSingle()));
        Assert.Equal("happy", answer.GetProperty("outputs")[1].GetProperty("data")[0].GetString());

        // The same, binary both ways.
        byte[] head = Encoding.UTF8.GetBytes($$"""
            {"inputs":[{"name":"encoded","shape":[1],"datatype":"BYTES",
            "parameters":{"binary_data_size":{{4 + RunningServer.Face.Length}} } }],
            "outputs":[{"name":"probabilities","parameters":{"binary_data":true} }]}
            """);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v2/models/fer2013/versions/1/infer", UriKind.Relative))
        {
            Content = new ByteArrayContent([.. head, .. BitConverter.GetBytes(RunningServer.Face.Length), .. RunningServer.Face]),
        };
        request.Headers.Add("Inference-Header-Content-Length", head.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using HttpResponseMessage binary = await server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, binary.StatusCode);
        int length = int.Parse(binary.Headers.GetValues("Inference-Header-Content-Length").Single(), null);
        byte[] body = await binary.Content.ReadAsByteArrayAsync();
        Assert.Equal(probabilities, Enumerable.Range(0, 7).Select(i => BitConverter.ToSingle(body, length + 4 * i)));
    }

    [Theory]
    [InlineData("UINT8"), InlineData("FP32")]
    public async Task Pixels_are_an_input_of_the_protocol_too(string type)
    {
        EmotionMLNet.Imaging.Image face = EmotionMLNet.Imaging.ImageReader.Read(RunningServer.Face);
        string json = $$"""
            {"inputs":[{"name":"pixels","datatype":"{{type}}","shape":[1,{{face.Height}},{{face.Width}},{{face.Channels}}],
            "data":[[{{string.Join(',', face.Pixels)}}]]}]}
            """;
        using HttpResponseMessage response = await server.PostAsync("/v2/models/fer2013/infer?faces=off", Encoding.UTF8.GetBytes(json));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        JsonElement expected = await (await server.PostAsync("/v1/classify?faces=off", RunningServer.Face)).JsonAsync();
        Assert.Equal(
            expected.GetProperty("scores")[3].GetProperty("score").GetSingle(),
            (await response.JsonAsync()).GetProperty("outputs")[0].GetProperty("data")[3].GetSingle());
    }

    [Theory]
    [InlineData("{}"), InlineData("["), InlineData("""{"inputs":[]}""")]
    [InlineData("""{"inputs":[{"name":"pixels","datatype":"UINT8","shape":[1,2,2,3],"data":[1]}]}""")]
    [InlineData("""{"inputs":[{"name":"pixels","datatype":"UINT8","shape":[64,2000000000,2000000000,3],"data":[]}]}""")]
    [InlineData("""{"inputs":[{"name":"pixels","datatype":"FP32","shape":[1,1,1,1],"data":[-1]}]}""")]
    [InlineData("""{"inputs":[{"name":"encoded","datatype":"BYTES","shape":[1],"data":["*"]}]}""")]
    [InlineData("""{"inputs":[{"name":"encoded","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":9}}]}""")]
    [InlineData("""{"inputs":[{"name":"encoded","datatype":"BYTES","shape":[1],"data":["AAAA"]}],"outputs":[{"name":"other"}]}""")]
    public async Task A_wrong_request_of_the_protocol_is_400(string json)
    {
        using HttpResponseMessage response = await server.PostAsync("/v2/models/fer2013/infer", Encoding.UTF8.GetBytes(json));
        await response.ProblemAsync(400);
    }
}
