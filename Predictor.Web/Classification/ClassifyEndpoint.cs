using System.Globalization;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Models;
using EmotionMLNet.Web.Pictures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace EmotionMLNet.Web.Classification;

/// <summary>POST /v1/classify: one picture, one answer.</summary>
internal static class ClassifyEndpoint
{
    public static void MapClassify(this IEndpointRouteBuilder app) => app.MapPost("/v1/classify", ClassifyAsync)
        .WithSummary("Labels a picture.")
        .WithDescription("The picture is the body itself, or the one file of a form. It is not stored.")
        .Reads("application/octet-stream", "multipart/form-data")
        .Produces<ClassifyAnswer>()
        .ProducesProblems(400, 401, 404, 408, 413, 415, 422, 429, 503);

    private static async Task<IResult> ClassifyAsync(
        HttpContext context, ModelStore models, PictureUpload upload, Classifier classifier,
        string? model, string? threshold, string? tta, string? faces)
    {
        ClassifyQuery query = ClassifyQuery.Parse(model, threshold, tta, faces);
        ServedModel served = models.Find(query.Model);
        served.Check(query);
        using PictureBuffer picture = await upload.ReadOneAsync(context);
        Classified classified = await classifier.ClassifyAsync(served, query, picture.Content, Caller.Of(context), context.RequestAborted);
        context.Response.Headers["Server-Timing"] = string.Join(
            ", ",
            Timing("queue", classified.Waited),
            Timing("decode", classified.Times.Decoding),
            Timing("prepare", classified.Times.Preparation),
            Timing("network", classified.Times.Network)
        );
        return WebJson.Answer(new ClassifyAnswer(served, classified.Prediction, query.Threshold));
    }

    private static string Timing(string name, TimeSpan time)
        => string.Create(CultureInfo.InvariantCulture, $"{name};dur={time.TotalMilliseconds:0.0}");
}
