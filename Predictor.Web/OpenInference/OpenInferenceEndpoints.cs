using EmotionMLNet.Imaging;
using EmotionMLNet.Web.Classification;
using EmotionMLNet.Web.Health;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Models;
using EmotionMLNet.Web.Pictures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmotionMLNet.Web.OpenInference;

/// <summary>
/// /v2: the Open Inference Protocol of KServe and Triton, thin: health, metadata and infer over HTTP. Models come from a folder, so there
/// is no loading over the network.
/// </summary>
internal static class OpenInferenceEndpoints
{
    /// <summary>The one version that every model has.</summary>
    private const string Version = "1";

    public static void MapOpenInference(this IEndpointRouteBuilder app)
    {
        app.MapGet("/v2", () => WebJson.Answer(new ServerMetadata())).WithSummary("Open Inference Protocol: the server.")
            .Produces<ServerMetadata>().ProducesProblems(401, 429);
        app.MapGet("/v2/health/live", () => Results.Ok()).WithSummary("Open Inference Protocol: whether the process lives.")
            .Produces(StatusCodes.Status200OK).ProducesProblems(401, 429);
        app.MapGet("/v2/health/ready", (Readiness readiness) => Status(readiness.IsReady))
            .WithSummary("Open Inference Protocol: whether it can be sent pictures.").ProducesReadiness();
        foreach (string path in (string[])["/v2/models/{name}", "/v2/models/{name}/versions/{version}"])
        {
            app.MapGet(path, DescribeModel).WithSummary("Open Inference Protocol: a model.")
                .Produces<ModelMetadata>().ProducesProblems(401, 404, 429);
            app.MapGet(path + "/ready", TellReadiness)
                .WithSummary("Open Inference Protocol: whether a model is loaded.").ProducesReadiness().ProducesProblems(404);
            app.MapPost(path + "/infer", InferAsync).WithSummary("Open Inference Protocol: labels pictures.")
                .WithDescription("One input: 'encoded', BYTES, files in base64; or 'pixels', UINT8 or FP32 of 0 to 255, [n, h, w, 1 or 3].")
                .Reads("application/json", "application/octet-stream").Produces<object>()
                .ProducesProblems(400, 401, 404, 413, 415, 422, 429, 503);
        }
    }

    private static IResult DescribeModel(ModelStore models, string name, string? version)
        => WebJson.Answer(new ModelMetadata(Find(models, name, version)));

    private static IResult TellReadiness(ModelStore models, string name, string? version)
        => Status(Find(models, name, version) is not null);

    private static async Task<IResult> InferAsync(
        HttpContext context, ModelStore models, PictureUpload upload, Classifier classifier, string name, string? version,
        string? tta, string? faces)
    {
        ServedModel model = Find(models, name, version);
        ClassifyQuery query = ClassifyQuery.Parse(name, threshold: null, tta, faces);
        model.Check(query);
        using PictureBuffer body = await upload.ReadOneAsync(context);
        InferRequest request = InferRequest.Parse(body.Content, context.Request.Headers[InferRequest.HeaderLength]);
        var predictions = new List<Prediction>();
        var caller = Caller.Of(context);
        foreach (ReadOnlyMemory<byte> file in request.Files)
            predictions.Add((await classifier.ClassifyAsync(model, query, file, caller, context.RequestAborted)).Prediction);
        for (int i = 0; i < request.Pictures; i++)
        {
            Image image = request.ToImage(i);
            (Prediction, ClassificationTimes) Classify()
                => (model.For(query.Faces, query.Flips).Classify(image, out ClassificationTimes times), times);

            predictions.Add((await classifier.RunAsync(Classify, caller, context.RequestAborted)).Prediction);
        }
        return new InferResponse(model, request, predictions);
    }

    private static ServedModel Find(ModelStore models, string name, string? version)
        => version is null or Version
            ? models.Find(name)
            : throw new ProblemException(404, "There is no such version.", $"Every model has version {Version}.");

    private static RouteHandlerBuilder ProducesReadiness(this RouteHandlerBuilder endpoint)
        => endpoint.Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status503ServiceUnavailable).ProducesProblems(401, 429);

    private static IResult Status(bool isReady) => isReady ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
}
